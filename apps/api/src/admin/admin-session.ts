import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a login lasts, ms. */
export const SESSION_LIFETIME = 8 * 60 * 60 * 1_000;
/** More sessions than this are not ended by hand within one lifetime. */
const MOST_ENDED = 1_000;

/**
 * Admin sessions as signed texts: nothing is stored, any process with the same secret accepts them, and a new password
 * ends them all. A logout is remembered by this process.
 */
export class AdminSessions {
  private readonly key: Buffer;
  private readonly ended = new Set<string>();

  constructor(
    secret: string,
    private readonly password: string,
    private readonly now: () => number = Date.now,
  ) {
    this.key = createHmac('sha256', secret).update('admin session').update(password).digest();
  }

  /** Takes the same time for any wrong password. */
  isLogin(user: unknown, password: unknown): boolean {
    const digest = (text: unknown) => createHmac('sha256', this.key).update(String(text)).digest();
    const sameUser = timingSafeEqual(digest(user), digest('admin'));
    const samePassword = timingSafeEqual(digest(password), digest(this.password));
    return sameUser && samePassword && typeof password === 'string';
  }

  begin(): string {
    const body = `${this.now() + SESSION_LIFETIME}.${randomBytes(12).toString('base64url')}`;
    return `${body}.${this.mac(body)}`;
  }

  isValid(session: string | undefined): boolean {
    return this.endOf(session) > 0;
  }

  /** When it ends, epoch ms; 0 when it is over or none of ours. */
  endOf(session: string | undefined): number {
    const [, body, mac] = /^(\d{1,16}\.[\w-]{16})\.([\w-]{43})$/.exec(session ?? '') ?? [];
    if (!body || !mac || !timingSafeEqual(Buffer.from(mac), Buffer.from(this.mac(body)))) return 0;
    const end = Number(body.split('.', 1)[0]);
    return end > this.now() && !this.ended.has(body) ? end : 0;
  }

  end(session: string | undefined): void {
    if (!session || !this.isValid(session)) return;
    this.ended.add(session.slice(0, session.lastIndexOf('.')));
    if (this.ended.size > MOST_ENDED) this.ended.delete(this.ended.values().next().value!);
  }

  private mac(body: string): string {
    return createHmac('sha256', this.key).update(body).digest('base64url');
  }
}
