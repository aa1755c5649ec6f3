// Preloaded into a server of the soak (`node --expose-gc --import`): asked for it, collects all garbage and tells what is left.
import { setImmediate, setTimeout } from 'node:timers/promises';

/** ms in which pages that have become free are given back, in the background. */
const GIVE_BACK = 500;

process.on('message', async (message) => {
  if (message !== 'collect') return;
  globalThis.gc();
  // What the first collection has set free lets go of more, such as buffers behind it.
  await setImmediate();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  await setTimeout(GIVE_BACK);
  const later = process.memoryUsage();
  process.send({ alive: heapUsed + external, outside: later.rss - later.heapTotal - later.external });
});
// Nobody stays alive for the sake of being asked.
process.channel.unref();
