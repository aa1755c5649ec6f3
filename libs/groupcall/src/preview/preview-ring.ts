import type { CreateGroupcallInput } from '../commands/create-groupcall/create-groupcall.command.js';
import { validateCreate } from '../commands/create-groupcall/create-groupcall.validate.js';
import { resolveDialPolicy, type DialPolicy } from '../domain/dial-policy.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { TreeLimits } from '../domain/turn.js';
import { DEFAULT_LIMITS } from '../groupcall.options.js';
import { NoDirectory, type DestinationResolver } from '../ports/destination-resolver.port.js';
import { pathOf } from './preview-path.js';
import { warningsOf } from './preview-warnings.js';
import type { PreviewedRing, RingPreview } from './ring-preview.js';
import { UnansweredRun } from './unanswered-run.js';

export interface PreviewOptions {
  /** Who knows agents and extensions; missing: nobody. It is asked, and nothing else is done. */
  directory?: DestinationResolver;
  /** Missing: the defaults of SPEC 7. */
  limits?: Partial<TreeLimits>;
  /** Where calls may go; missing: everywhere. */
  dialPolicy?: Partial<DialPolicy>;
}

/**
 * What a request would let ring when, if nobody answered: decided by the rules that decide the real thing. Nothing is
 * stored and nothing is dialled. Limits that depend on the moment (calls per second, live calls) are not looked at; a
 * request that would be refused gets warnings instead of rings.
 */
export async function previewRing(
  request: CreateGroupcallInput,
  { directory = new NoDirectory(), ...options }: PreviewOptions = {},
): Promise<RingPreview> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const policy = resolveDialPolicy(options.dialPolicy);
  try {
    validateCreate(request, limits, policy);
  } catch (error) {
    if (error instanceof GroupcallError) return refusedPreview(error);
    throw error;
  }
  const run = await new UnansweredRun(request, { limits, policy, directory }).play();
  const rings = ringsOf(run);
  return {
    rings,
    legs: rings.length,
    most_at_once: mostAtOnce(rings),
    longest: run.elapsed,
    warnings: warningsOf(run, rings),
  };
}

function refusedPreview({ details }: GroupcallError): RingPreview {
  const warnings = details.map(({ field, message }) => ({ kind: 'refused' as const, path: field, message }));
  return { rings: [], legs: 0, most_at_once: 0, longest: 0, warnings };
}

function ringsOf({ state, rings }: UnansweredRun): PreviewedRing[] {
  return [...rings].map(([legId, { at, until }]) => {
    const { groupcallId, destinationIndex, destination } = state.legs.get(legId)!;
    return { at, until, path: pathOf(state, groupcallId, destinationIndex), destination };
  });
}

function mostAtOnce(rings: readonly PreviewedRing[]): number {
  // What ends in a moment makes room for what begins in it.
  const steps = rings.flatMap(({ at, until }) => [
    { at, by: 1 },
    { at: until, by: -1 },
  ]);
  steps.sort((a, b) => a.at - b.at || a.by - b.by);
  let ringing = 0;
  return steps.reduce((most, { by }) => Math.max(most, (ringing += by)), 0);
}
