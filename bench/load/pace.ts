import { setTimeout as delay } from 'node:timers/promises';
import { OverloadedError } from '../../libs/groupcall/src/index.js';
import type { Driver } from './driver.js';
import type { Shape } from './shape.js';

/** How many lives begin: as many at once as fit, or so many a second. */
export type Pace = { readonly open: number } | { readonly perSecond: number };

/**
 * Lives lives for `ms`, then waits for those that have begun. What a machine that is too slow for the pace refuses has not
 * begun. @returns how many
 */
export async function live(driver: Driver, shape: Shape, pace: Pace, ms: number): Promise<number> {
  return 'open' in pace ? saturated(driver, shape, pace.open, ms) : paced(driver, shape, pace.perSecond, ms);
}

async function saturated(driver: Driver, shape: Shape, open: number, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let lives = 0;
  const lane = async () => {
    do {
      await driver.lifecycle(shape);
      lives += 1;
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: open }, lane));
  return lives;
}

async function paced(driver: Driver, shape: Shape, perSecond: number, ms: number): Promise<number> {
  const start = performance.now();
  const all: Promise<boolean>[] = [];
  for (let begun = 0; ;) {
    const now = performance.now() - start;
    if (now >= ms) break;
    // What a late timer has missed is made up for: the rate is the rate.
    for (; begun < (now / 1_000) * perSecond; begun += 1) all.push(admitted(driver.lifecycle(shape)));
    await delay(Math.max(1, Math.min(((begun + 1) / perSecond) * 1_000 - now, 50)));
  }
  const lived = await Promise.all(all);
  return lived.filter(Boolean).length;
}

/** Whether it was not refused. Any other failure is the sample's. */
function admitted(life: Promise<void>): Promise<boolean> {
  const told = life.then(
    () => true,
    (error: unknown) => {
      if (error instanceof OverloadedError) return false;
      throw error;
    },
  );
  // All of them are waited for at the end: until then a failure is nobody's.
  told.catch(() => undefined);
  return told;
}
