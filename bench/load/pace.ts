import { setTimeout as delay } from 'node:timers/promises';
import type { Driver } from './driver.js';
import type { Shape } from './shape.js';

/** How many lives begin: as many at once as fit, or so many a second. */
export type Pace = { readonly open: number } | { readonly perSecond: number };

/** Lives lives for `ms`, then waits for those that have begun. @returns how many */
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
  const all: Promise<void>[] = [];
  for (let begun = 0; ;) {
    const now = performance.now() - start;
    if (now >= ms) break;
    // What a late timer has missed is made up for: the rate is the rate.
    for (; begun < (now / 1_000) * perSecond; begun += 1) all.push(driver.lifecycle(shape));
    await delay(Math.max(1, Math.min(((begun + 1) / perSecond) * 1_000 - now, 50)));
  }
  await Promise.all(all);
  return all.length;
}
