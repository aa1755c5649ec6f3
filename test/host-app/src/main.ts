import 'reflect-metadata';
import '@nestjs/core';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import {
  CreateGroupcallCommand,
  GroupcallError,
  GroupcallReader,
  HandleAnswerCommand,
  HangupCommand,
  type CreateGroupcallInput,
  type GroupcallResource,
} from 'nestjs-groupcall';
import { normalizeTarget } from 'nestjs-groupcall/address';
import { HostModule } from './host.module.js';
import { Phones } from './phones.js';

const customerId = randomUUID();
const FAST = ['+15550000001', '+15550000002', '+15550000003'];

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(HostModule, { logger: ['warn', 'error'] });
  const bus = app.get(CommandBus);
  const phones = app.get(Phones);
  const create = (input: Partial<CreateGroupcallInput>): Promise<GroupcallResource> =>
    bus.execute(new CreateGroupcallCommand({ customerId, destinations: [], ...input }));
  const ended = async ({ id }: GroupcallResource) => {
    const found = await app.get(GroupcallReader).findGroupcall(customerId, id);
    assert.equal(found?.status, 'hangup');
    return found.hangup_reason;
  };
  const numbers = (...targets: string[]) => targets.map((target) => ({ type: 'tel' as const, target }));

  const ringing = await create({ destinations: numbers(...FAST) });
  await eventually(() => assert.equal(FAST.filter((target) => phones.rung.has(target)).length, 3));
  console.log('rang');

  assert.equal(await phones.answer(FAST[1]), 'won');
  assert.equal(await phones.answer(FAST[2]), 'lost');
  const loser = phones.rung.get(FAST[0])!.id;
  await eventually(() => assert.equal(phones.hungUp.get(loser), 'answered_elsewhere'));
  await phones.end(FAST[1]);
  await eventually(async () => assert.equal(await ended(ringing), 'normal'));
  console.log('answered');

  const started = performance.now();
  const patient = await create({ destinations: numbers('+15550000004'), dialTimeout: 1_000 });
  await eventually(async () => assert.equal(await ended(patient), 'dialout'));
  const waited = performance.now() - started;
  assert.ok(waited >= 1_000, `rang for ${waited} ms only`);
  console.log('timed out');

  const unwanted = await create({ destinations: numbers('+15550000005') });
  await eventually(() => assert.ok(phones.rung.has('+15550000005')));
  await bus.execute(new HangupCommand({ groupcallId: unwanted.id }));
  await eventually(async () => assert.equal(await ended(unwanted), 'cancel'));
  console.log('hung up');

  await assert.rejects(bus.execute(new HandleAnswerCommand({ legId: randomUUID() })), (error) => {
    return error instanceof GroupcallError && error.reason === 'NOT_FOUND';
  });
  assert.equal(normalizeTarget('tel', '+1 (555) 123-4567').target, '+15551234567');

  await app.close();
  console.log('stopped');
}

async function eventually(probe: () => unknown): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      await probe();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(20);
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
  setTimeout(() => process.exit(1), 1_000).unref();
});
