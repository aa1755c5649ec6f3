import type { AddressInfo } from 'node:net';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AccessTokens, createApp, resolveSettings } from '../../apps/api/src/index.js';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { OutboxSignal, type EffectTaker } from '../../libs/groupcall/src/runtime/outbox-signal.js';
import { CUSTOMER } from '../load/shape.js';

export interface HttpHost {
  readonly url: string;
  readonly authorization: string;
  close(): Promise<void>;
}

@Controller('groupcalls')
class EmptyController {
  @Post()
  create(@Body() _body: unknown): object {
    return {};
  }
}

@Module({ controllers: [EmptyController] })
class EmptyModule {}

/** A Nest application on the same adapter that takes the same body and does nothing with it. */
export async function startEmptyHost(): Promise<HttpHost> {
  const app = await NestFactory.create<NestExpressApplication>(EmptyModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, authorization: '', close: () => app.close() };
}

/** What HeldEffects asks of a commit, without executing what comes back. */
class HoldsAndForgets implements EffectTaker {
  /** The real server keeps every event for its streams. */
  readonly hasAudience = true;
  private commitNo = 0;

  hold() {
    const now = Date.now();
    this.commitNo += 1;
    const { commitNo } = this;
    return { owner: 'bench', now, until: now + 600_000, known: () => [], commitNo, settled: () => undefined };
  }

  take(): void {}
}

/**
 * The real server with everything in front of its routes. Effects are committed as in any process that executes them, and
 * then left: only the request counts.
 */
export async function startRealHost(databaseUrl: string, redisUrl: string | null): Promise<HttpHost> {
  const settings = resolveSettings(
    {
      NODE_ENV: 'test',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
      LIMIT_LIVE_LEGS: '0',
      LIMIT_GROUPCALLS_PER_SECOND: '0',
    },
    () => 'a secret of this run alone, long enough',
  );
  const running = await createApp(settings, {
    logger: false,
    workers: { relay: false, alarms: false, sweep: false, reconciler: false },
  });
  running.app.get(OutboxSignal).onHeld(new HoldsAndForgets());
  const token = await running.app
    .get(AccessTokens)
    .issue({ role: 'customer_admin', customerId: CUSTOMER }, '12h');
  return { url: running.url, authorization: `Bearer ${token}`, close: () => running.close() };
}
