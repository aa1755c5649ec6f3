/**
 * What became of a leg at the gateway, as far as our own orders tell: `accepted` – it has the call; `refused` – it
 * never will (permanent); `forbidden` – our own dial guard does not let it out; `never_placed` – there is no such call, and there will not be one: the leg was given up
 * before the gateway heard of it, or the hangup has left a tombstone.
 */
export type DialOutcome = 'accepted' | 'refused' | 'forbidden' | 'never_placed';
