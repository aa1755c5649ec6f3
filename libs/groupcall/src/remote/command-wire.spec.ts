import { randomUUID } from 'node:crypto';
import * as surface from '../index.js';
import { HandleAlarmCommand } from '../commands/handle-alarm/handle-alarm.command.js';
import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import { isReply, refusal, resultOf } from './command-reply.js';
import { readCommand, writeCommand } from './command-wire.js';
import { deliveryOf, withDelivery } from './command-delivery.js';
import { PUBLIC_COMMANDS } from './public-commands.js';

const refusedFields = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof GroupcallError) return error.details.map(({ field }) => field);
    throw error;
  }
  return [];
};

describe('a command on the wire', () => {
  it('can be any of the public surface, under its own name', () => {
    const exported = Object.values(surface).filter(
      (one) => typeof one === 'function' && /Command$/.test(one.name),
    );
    expect(new Set(PUBLIC_COMMANDS.map(({ type }) => type))).toEqual(new Set(exported));
    for (const { name, type } of PUBLIC_COMMANDS) expect(new type({})).toMatchObject({ type: name });
  });

  it('is none of the engine’s own', () => {
    expect(
      refusedFields(() => writeCommand(new HandleAlarmCommand({ rootId: randomUUID(), now: 0 }))),
    ).toEqual(['command']);
  });

  it('must be plain data of a bounded size', () => {
    const destinations: unknown[] = [];
    destinations.push(destinations);
    const create = (input: object) => writeCommand(new CreateGroupcallCommand(input as never));
    expect(refusedFields(() => create({ destinations }))).toEqual(['input']);
    expect(refusedFields(() => create({ flowId: 'x'.repeat(300_000) }))).toEqual(['input']);
  });

  it('brings its id along as the key that makes it one groupcall, unless its sender has a key', () => {
    const id = randomUUID();
    const read = (input: object) => readCommand({ id, name: 'create_groupcall', input, patience: 1 });
    expect(read({})).toMatchObject({ input: { idempotencyKey: `command:${id}` } });
    expect(read({ idempotencyKey: 'mine' })).toMatchObject({ input: { idempotencyKey: 'mine' } });
  });
});

describe('a delivery', () => {
  it('gives a command object one id for ever, and a chosen one when it is told', () => {
    const command = new CreateGroupcallCommand({} as never);
    expect(deliveryOf(command)).toEqual(deliveryOf(command));
    const commandId = randomUUID();
    expect(deliveryOf(withDelivery(command, { commandId, timeout: 5 }))).toEqual({ commandId, timeout: 5 });
  });

  it('refuses what is no id and no time', () => {
    expect(refusedFields(() => withDelivery({}, { commandId: '7' }))).toEqual(['command_id']);
    expect(refusedFields(() => withDelivery({}, { timeout: 0 }))).toEqual(['timeout']);
  });
});

describe('a reply', () => {
  it('carries a refusal whole', () => {
    const error = new GroupcallError('RESOURCE_EXHAUSTED', 'Slower.', [{ field: 'a', message: 'b' }], 70);
    const reply = JSON.parse(JSON.stringify(refusal(error))) as unknown;
    expect(isReply(reply)).toBe(true);
    expect(() => resultOf(reply as never)).toThrow(error);
  });

  it('with a reason of a later release counts as UNAVAILABLE', () => {
    const error = { reason: 'TEAPOT', message: 'Short and stout.', details: [] };
    expect(() => resultOf({ ok: false, error })).toThrow(
      expect.objectContaining({ reason: 'UNAVAILABLE', message: 'Short and stout.' }),
    );
  });

  it.each([null, 7, {}, { ok: true }, { ok: false }, { ok: false, error: { reason: 1 } }])(
    'is not %j',
    (value) => {
      expect(isReply(value)).toBe(false);
    },
  );
});
