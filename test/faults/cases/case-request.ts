import type { CreateGroupcallInput, DestinationInput } from '@groupcall/groupcall';
import type { PointPlan, Shape } from './points.js';

const CUSTOMER = '00000000-0000-4000-8000-0000000000aa';
const RING_TIME = 1_000;
/** The reconciler looks once a second, or a little later: nobody may come and go between two of its looks. */
const MUTED_RING_TIME = 3_000;

/**
 * The groupcall of a case: somebody is busy, somebody never answers, somebody answers and hangs up. In a life without
 * faults the one who answers wins; with them the ring time may run out first.
 */
export function caseRequest(shape: Shape, plan: PointPlan, key: string): CreateGroupcallInput {
  const phone = (script: string): DestinationInput => ({
    type: 'sip',
    target: `${script}${plan.muted ? '-muted' : ''}@judge`,
  });
  const busy = phone('ring20-busy120');
  const never = phone('ring20-never');
  const answers = phone('ring20-answer350-end300');
  const linear: DestinationInput = {
    type: 'groupcall',
    ring_method: 'linear',
    destinations: [busy, answers],
  };
  const silent: DestinationInput = { type: 'groupcall', ring_method: 'linear', destinations: [busy, never] };
  const destinations: Record<Shape, DestinationInput[]> = {
    ring_all: plan.needsTimeout ? [never, busy, never] : [never, busy, answers, never],
    linear: plan.needsTimeout ? [never, answers] : [busy, answers, never],
    nested: [never, plan.needsTimeout ? silent : linear],
  };
  return {
    customerId: CUSTOMER,
    source: { type: 'sip', target: 'lab@judge' },
    destinations: destinations[shape],
    ringMethod: shape === 'linear' ? 'linear' : 'ring_all',
    dialTimeout: plan.muted ? MUTED_RING_TIME : RING_TIME,
    idempotencyKey: key,
  };
}
