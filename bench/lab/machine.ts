import { cpus, loadavg, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Facts without which figures mean nothing. No names and no paths. */
export function machine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: process.platform,
    node: process.version,
    loadBefore: Number(loadavg()[0].toFixed(2)),
  };
}

/** How fast this machine is just now: a fixed piece of work, ms. It tells a noisy run from a quiet one. */
export function calibration(): number {
  const start = performance.now();
  let hash = 1;
  for (let index = 0; index < 20_000_000; index += 1) hash = (Math.imul(hash, 31) + index) | 0;
  return Math.round((performance.now() - start) * (hash === 0 ? 2 : 1));
}
