import type { Point } from '../server/failpoints.js';

export const SHAPES = ['ring_all', 'linear', 'nested'] as const;
export type Shape = (typeof SHAPES)[number];

/** What a case needs so that its point is reached. */
export interface PointPlan {
  /** Passages that may be let through before the fault: another one in each shape. */
  readonly skips: readonly [number, number, number];
  /** The ring time must run out. */
  readonly needsTimeout?: boolean;
  /** No notification arrives: only the reconciler can know. */
  readonly muted?: boolean;
  /** The server is asked to shut down while phones ring. */
  readonly shutDown?: boolean;
}

const PLANS: Partial<Record<Point, PointPlan>> = {
  F1: { skips: [0, 0, 0] },
  F2: { skips: [0, 0, 0] },
  // What is done is told to the database for many at a time: in a short life perhaps once.
  F12: { skips: [0, 0, 0] },
  F13: { skips: [0, 0, 0] },
  // Three phones at most.
  F11: { skips: [0, 1, 2] },
  F14: { skips: [0, 0, 0], needsTimeout: true },
  F15: { skips: [0, 0, 0], needsTimeout: true },
  // First the timer of the process, then the alarm of the queue.
  F16: { skips: [0, 1, 0], needsTimeout: true },
  F20: { skips: [0, 0, 0], muted: true },
  F21: { skips: [0, 0, 0], shutDown: true },
};

/** Commits, claims and notifications come several times in a life: the fault hits another of them in each shape. */
const DEFAULT: PointPlan = { skips: [0, 1, 3] };

export function planOf(point: Point, shape: Shape): PointPlan & { readonly skip: number } {
  const plan = PLANS[point] ?? DEFAULT;
  return { ...plan, skip: plan.skips[SHAPES.indexOf(shape)] };
}
