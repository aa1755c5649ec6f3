import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ListPosition } from '@groupcall/groupcall';
import { badField } from './api-error.js';

const ID_BYTES = 16;
const TIME_BYTES = 8;
const MAC_BYTES = 16;

/**
 * Opaque tokens for "the list goes on here". A token is bound to what was listed for whom (`about`): used for anything
 * else it is refused. Every process with the same secret understands them, also after a restart.
 */
export class PageTokens {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = createHmac('sha256', secret).update('page tokens').digest();
  }

  /** The empty text when there is no more. */
  issue(position: ListPosition | null, about: readonly unknown[]): string {
    if (!position) return '';
    const payload = Buffer.alloc(TIME_BYTES + ID_BYTES);
    payload.writeDoubleBE(position.tmCreate, 0);
    payload.write(position.id.replaceAll('-', ''), TIME_BYTES, 'hex');
    return Buffer.concat([payload, this.mac(payload, about)]).toString('base64url');
  }

  /** @throws ApiError INVALID_ARGUMENT for a token that is not ours or was issued for another list */
  read(token: string | undefined, about: readonly unknown[]): ListPosition | null {
    if (token === undefined || token === '') return null;
    const bytes = Buffer.from(token, 'base64url');
    const payload = bytes.subarray(0, TIME_BYTES + ID_BYTES);
    const isOurs =
      bytes.length === TIME_BYTES + ID_BYTES + MAC_BYTES &&
      bytes.toString('base64url') === token &&
      timingSafeEqual(bytes.subarray(payload.length), this.mac(payload, about));
    if (!isOurs)
      throw badField('page_token', 'is not one that this list has given out: start again without it');
    const hex = payload.toString('hex', TIME_BYTES);
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    return { tmCreate: payload.readDoubleBE(0), id };
  }

  private mac(payload: Buffer, about: readonly unknown[]): Buffer {
    const whole = createHmac('sha256', this.key)
      .update(JSON.stringify(about))
      .update('\n')
      .update(payload)
      .digest();
    return whole.subarray(0, MAC_BYTES);
  }
}
