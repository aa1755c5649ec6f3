import { createHmac, timingSafeEqual } from 'node:crypto';

/** A webhook that is older than this is a replay, ms. */
const MOST_AGE = 5 * 60_000;

/** As many services do it: the moment and an HMAC over moment and body, in one header. */
export function sign(secret: string, body: string, now: number): string {
  return `t=${now},v1=${mac(secret, now, body).toString('hex')}`;
}

/** @param body exactly as it was received: parsing and writing it again changes it */
export function isSigned(
  secret: string,
  body: Buffer | string,
  header: string | undefined,
  now: number,
): boolean {
  const [, moment, given] = /^t=(\d{1,16}),v1=([0-9a-f]{64})$/.exec(header ?? '') ?? [];
  if (!moment || !given || Math.abs(now - Number(moment)) > MOST_AGE) return false;
  return timingSafeEqual(Buffer.from(given, 'hex'), mac(secret, Number(moment), body));
}

function mac(secret: string, moment: number, body: Buffer | string): Buffer {
  return createHmac('sha256', secret).update(`${moment}.`).update(body).digest();
}
