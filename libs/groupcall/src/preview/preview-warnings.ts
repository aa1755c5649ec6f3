import type { PreviewedRing, PreviewWarning } from './ring-preview.js';
import { pathOf } from './preview-path.js';
import type { UnansweredRun } from './unanswered-run.js';

/** ms: longer than this, people have hung up. */
const PATIENCE = 180_000;

/** What somebody who planned this should know. */
export function warningsOf(run: UnansweredRun, rings: readonly PreviewedRing[]): PreviewWarning[] {
  return [...failed(run), ...duplicates(rings), ...asAWhole(run, rings)];
}

function failed({ state, forbidden }: UnansweredRun): PreviewWarning[] {
  const warnings: PreviewWarning[] = [];
  for (const { id, slots, destinations } of state.groupcalls.values()) {
    for (const [index, slot] of slots.entries()) {
      const path = pathOf(state, id, index);
      if (slot.kind === 'failed') {
        const { type } = destinations[index];
        const kind = type === 'agent' || type === 'extension' ? 'unresolvable' : 'not_dialable';
        warnings.push({ kind, path, message: slot.detail });
      }
      const why = slot.kind === 'leg' && forbidden.get(slot.id);
      if (why) warnings.push({ kind: 'not_dialable', path, message: why });
    }
  }
  return warnings;
}

function duplicates(rings: readonly PreviewedRing[]): PreviewWarning[] {
  const known = new Map<string, PreviewedRing>();
  return rings.flatMap((ring) => {
    const { type, target } = ring.destination;
    const earlier = known.get(`${type} ${target}`);
    known.set(`${type} ${target}`, ring);
    if (!earlier || earlier.until <= ring.at) return [];
    const message = `rings while ${earlier.path} lets the same phone ring`;
    return [{ kind: 'duplicate' as const, path: ring.path, message }];
  });
}

function asAWhole(run: UnansweredRun, rings: readonly PreviewedRing[]): PreviewWarning[] {
  const warnings: PreviewWarning[] = [];
  if (rings.length === 0) warnings.push({ kind: 'silent', path: '', message: 'no phone rings' });
  if (run.elapsed > PATIENCE) {
    const seconds = Math.round(run.elapsed / 1_000);
    const message = `whoever calls hears it ring for ${seconds} s; shorten dial_timeout, or ring more phones at once`;
    warnings.push({ kind: 'long', path: '', message });
  }
  return warnings;
}
