import { randomBytes } from 'node:crypto';
import { newRootId } from '../../libs/groupcall/src/domain/member-id.js';

const POOL = 8 * 1024;
let pool = randomBytes(POOL);
let used = 0;

/** A UUID as the server makes them: in the order of time, so that all contenders fill their indexes in the same way. */
export function newId(): string {
  if (used + 8 > POOL) {
    pool = randomBytes(POOL);
    used = 0;
  }
  used += 8;
  return newRootId(Date.now(), 0, pool.toString('hex', used - 8, used));
}
