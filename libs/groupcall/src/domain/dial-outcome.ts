/**
 * What became of a dial: `accepted` – the gateway has the call; `refused` – it never will (permanent);
 * `never_placed` – the leg was given up before the gateway heard of it, so nothing has to be hung up.
 */
export type DialOutcome = 'accepted' | 'refused' | 'never_placed';
