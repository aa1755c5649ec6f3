import type { Pace } from '../load/pace.js';
import type { Shape } from '../load/shape.js';

export const GROUPCALL = 'groupcall';
export const GROUPCALL_ON_POSTGRES = 'groupcall, alarms in PostgreSQL';
export const REFERENCE = 'reference style';
export const TRANSACTION = 'transaction per command';
export const BARE = 'bare engine';
export const FLOOR = 'hand-pipelined floor';

export interface Workload {
  readonly name: string;
  readonly shape: Shape;
  readonly pace?: Pace;
  readonly members: readonly string[];
  /** Of a quick run: those that the figures need which must be reached. Missing: nobody. */
  readonly quick?: readonly string[];
}

const ringAll = (legs: number): Shape => ({ ring: 'ring_all', legs });

export const SATURATION = 'saturation, 10 legs';
export const LOW = '10/s, 10 legs';
export const MEDIUM = '500/s, 10 legs';
export const HUNDRED = 'saturation, 100 legs';
export const THOUSAND = 'saturation, 1,000 legs';

/** The order within a round: what is compared with each other follows each other. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: SATURATION,
    shape: ringAll(10),
    members: [GROUPCALL, BARE, FLOOR, TRANSACTION, REFERENCE, GROUPCALL_ON_POSTGRES],
    quick: [GROUPCALL, BARE, FLOOR, TRANSACTION, REFERENCE],
  },
  { name: 'saturation, 1 leg', shape: ringAll(1), members: [GROUPCALL, FLOOR] },
  { name: HUNDRED, shape: ringAll(100), members: [GROUPCALL, FLOOR], quick: [GROUPCALL] },
  { name: THOUSAND, shape: ringAll(1_000), members: [GROUPCALL, FLOOR], quick: [GROUPCALL] },
  {
    name: 'linear, 2 of 3 ring out',
    shape: { ring: 'linear', legs: 3, dialTimeout: 1_000 },
    members: [GROUPCALL, GROUPCALL_ON_POSTGRES],
  },
  { name: 'nested, 3 × 10 legs', shape: { ring: 'nested', legs: 30 }, members: [GROUPCALL] },
  {
    name: LOW,
    shape: ringAll(10),
    pace: { perSecond: 10 },
    members: [GROUPCALL, REFERENCE, TRANSACTION],
    quick: [GROUPCALL, REFERENCE],
  },
  { name: MEDIUM, shape: ringAll(10), pace: { perSecond: 500 }, members: [GROUPCALL] },
];

/** What this run measures. */
export function workloadsOf({ quick }: { quick: boolean }): readonly Workload[] {
  if (!quick) return WORKLOADS;
  return WORKLOADS.flatMap(({ quick: members, ...rest }) => (members ? [{ ...rest, members }] : []));
}
