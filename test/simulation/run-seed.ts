import { Logger, type LoggerService } from '@nestjs/common';
import type { Violation } from '../faults/checker/records.js';
import { judge } from './judge/judge.js';
import type { Trace } from './trace.js';
import { World } from './world.js';
import type { Mode } from './weather.js';

/** What came of one seed. */
export interface Outcome {
  readonly seed: number;
  readonly mode: Mode;
  readonly violations: readonly Violation[];
  /** By invariant: how many things it has looked at. */
  readonly looked: ReadonlyMap<string, number>;
  /** Events of the simulation, and what the runtime has counted. */
  readonly happened: Readonly<Record<string, number>>;
  /** Empty unless asked for. */
  readonly trace: readonly string[];
}

/** Both modes get their share, and a seed means the same world for ever. */
export function modeOf(seed: number): Mode {
  return seed % 2 === 0 ? 'safety' : 'liveness';
}

/** Settles when no world is being played. */
let free: Promise<unknown> = Promise.resolve();

/**
 * Plays the world of a seed, always in the same way, and judges it. Worlds that are asked for at the same time are played
 * one after the other, because the runtime's log is everybody's: else one would write into the story of another, or silence it.
 */
export function runSeed(seed: number, mode: Mode, traced = false): Promise<Outcome> {
  const outcome = free.then(() => play(seed, mode, traced));
  free = outcome.catch(() => undefined);
  return outcome;
}

async function play(seed: number, mode: Mode, traced: boolean): Promise<Outcome> {
  const world = new World(seed, mode, traced);
  Logger.overrideLogger(traced ? logInto(world.trace) : false);
  const restless = await world.play();
  const { violations, looked } = judge(world.records(), mode, restless);
  const counted = Object.entries(world.metrics).filter(
    (one): one is [string, number] => typeof one[1] === 'number',
  );
  const happened = { events: world.agenda.happened, ...Object.fromEntries(counted) };
  return { seed, mode, violations, looked, happened, trace: world.trace.lines };
}

function logInto(trace: Trace): LoggerService {
  const write = (message: unknown) => trace.note(() => `log: ${String(message)}`);
  return { log: write, warn: write, error: write };
}
