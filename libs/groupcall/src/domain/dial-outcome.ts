/**
 * What became of a leg at the gateway, as far as our own orders tell: `accepted` – it has the call; `refused` – it
 * never will (permanent); `never_placed` – there is no such call, and there will not be one: the leg was given up
 * before the gateway heard of it, or the hangup has left a tombstone.
 */
export type DialOutcome = 'accepted' | 'refused' | 'never_placed';
