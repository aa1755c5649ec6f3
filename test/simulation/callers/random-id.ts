import { composeUuidV7 } from '../../../libs/shared/src/index.js';
import type { Random } from '../../faults/random.js';

/** As the host makes them, but by chance that can be repeated. */
export function randomId(random: Random, now: number): string {
  return composeUuidV7(
    now,
    0,
    Uint8Array.from({ length: 8 }, () => random.between(0, 255)),
  );
}
