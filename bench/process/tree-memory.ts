import { setTimeout as delay } from 'node:timers/promises';
import { GroupcallRuntime } from '../../libs/groupcall/src/runtime/groupcall-runtime.js';
import type { GroupcallContender } from '../contenders/groupcall.js';

/** Whoever rings does so for seconds without a turn: more than it takes until the engine has packed all that lies idle. */
const RINGING = 3_000;

/** Bytes of memory per ringing tree that is kept between turns. Needs --expose-gc. */
export async function treeMemory(
  contender: GroupcallContender,
  { trees, legs }: { trees: number; legs: number },
): Promise<number> {
  contender.gateway.switchboard = { placed: () => undefined, hungUp: () => undefined };
  const make = async (count: number) => {
    for (let made = 0; made < count; made += 100) {
      await Promise.all(
        Array.from({ length: 100 }, () =>
          contender.create('memory', { ring: 'ring_all', legs, dialTimeout: 600_000 }),
        ),
      );
    }
    await contender.settle();
  };
  // What grows only once (compiled code, pools, prepared statements) is not part of a tree.
  await make(500);
  const runtime = contender.app.get(GroupcallRuntime);
  const before = await heap();
  const residents = runtime.residentTrees;
  await make(trees);
  const after = await heap();
  return (after - before) / (runtime.residentTrees - residents);
}

async function heap(): Promise<number> {
  await delay(RINGING);
  for (let round = 0; round < 4; round += 1) {
    await delay(50);
    globalThis.gc!();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
