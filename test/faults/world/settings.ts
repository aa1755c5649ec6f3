import type { HostSettings } from '../server/host.module.js';

/** As by default, but with less patience, so that a recovery takes seconds. All durations in ms. */
export const TIMINGS = {
  sweepInterval: 500,
  relayInterval: 200,
  claimLease: 3_000,
  effectTimeout: 1_500,
  ringGrace: 3_000,
  maxCallDuration: 120_000,
  reconcileInterval: 1_000,
  reconcileGrace: 800,
  missingCallPatience: 2_000,
  drainTimeout: 5_000,
};

export const STATEMENT_TIMEOUT = 4_000;

export function hostSettings(
  where: Pick<HostSettings, 'port' | 'databaseUrl' | 'redisUrl' | 'queuePrefix' | 'judge'>,
  liveLegs: number,
): HostSettings {
  const limits = { liveLegs, groupcallsPerSecond: 0 };
  return { ...where, limits, timings: TIMINGS, statementTimeout: STATEMENT_TIMEOUT };
}
