import { randomUUID } from 'node:crypto';
import {
  COMMAND_QUEUE,
  CommandOutcomeUnknownError,
  CreateGroupcallCommand,
  DeleteCustomerCommand,
  DeleteGroupcallCommand,
  FreezeCustomerCommand,
  GroupcallError,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleMasterCallHangupCommand,
  HandleRingingCommand,
  HangupCommand,
  HangupOthersCommand,
  withDelivery,
  type AlarmQueueOptions,
} from '@groupcall/groupcall';
import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from '@nestjs/cqrs';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import type { Queue } from 'bullmq';
import { PUBLIC_COMMANDS } from '../../libs/groupcall/src/remote/public-commands.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { busOf, migrate, request, senderOf, startClient, startEngine } from './command-queue.environment.js';

/**
 * What the bus across processes promises, on either server.
 * @param queueOf the queue's options; each call names the same queue
 */
export function describeCommandQueue(
  name: string,
  queueOf: (database: TestDatabase) => AlarmQueueOptions,
): void {
  describe(name, () => {
    let database: TestDatabase;
    let engine: INestApplicationContext;
    let client: INestApplicationContext;
    const also: INestApplicationContext[] = [];

    beforeAll(async () => {
      database = await createTestDatabase();
      await migrate(database.url);
      engine = await startEngine(database.url, queueOf(database));
      client = await startClient({ queue: queueOf(database), timeout: 20_000 });
    });
    afterEach(async () => {
      for (const app of also.splice(0)) await app.close();
    });
    afterAll(async () => {
      await client?.close();
      await engine?.close();
      await database.drop();
    });

    const execute = <R>(command: Command<R>): Promise<R> => busOf(client).execute(command);
    const create = (phones?: number, customerId?: string) =>
      busOf(client).execute(new CreateGroupcallCommand(request(phones, customerId)));

    describe('every public command', () => {
      /** How each of them is used, with what it answers. */
      const round: Record<string, () => Promise<unknown>> = {
        create_groupcall: async () => {
          const groupcall = await create(3);
          expect(groupcall.call_ids.length).toBe(3);
          expect(groupcall.status).toBe('progressing');
          return groupcall;
        },
        handle_ringing: async () => {
          const { call_ids } = await create();
          expect(await execute(new HandleRingingCommand({ legId: call_ids[0] }))).toBeUndefined();
        },
        handle_answer: async () => {
          const { call_ids, customer_id: customerId } = await create();
          expect(await execute(new HandleAnswerCommand({ legId: call_ids[1], customerId }))).toBe('won');
          expect(await execute(new HandleAnswerCommand({ legId: call_ids[0] }))).toBe('lost');
        },
        handle_hangup: async () => {
          const { call_ids } = await create();
          expect(
            await execute(new HandleHangupCommand({ legId: call_ids[0], reason: 'busy' })),
          ).toBeUndefined();
        },
        hangup: async () => {
          const { id } = await create();
          expect(await execute(new HangupCommand({ groupcallId: id }))).toMatchObject({
            id,
            status: 'hangingup',
          });
        },
        hangup_others: async () => {
          const { id } = await create();
          await expect(execute(new HangupOthersCommand({ groupcallId: id }))).rejects.toMatchObject({
            reason: 'CONFLICT',
          });
        },
        delete_groupcall: async () => {
          const { id } = await create();
          expect(await execute(new DeleteGroupcallCommand({ groupcallId: id }))).toMatchObject({ id });
        },
        handle_master_call_hangup: async () => {
          const masterCallId = randomUUID();
          await execute(new CreateGroupcallCommand({ ...request(), masterCallId }));
          expect(await execute(new HandleMasterCallHangupCommand({ masterCallId }))).toEqual({ done: 1 });
        },
        freeze_customer: async () => {
          const { customer_id: customerId } = await create();
          const watched = new FreezeCustomerCommand({ customerId, onProgress: () => undefined });
          expect(await execute(watched)).toEqual({ done: 1 });
        },
        delete_customer: async () => {
          const { customer_id: customerId } = await create();
          expect(await execute(new DeleteCustomerCommand({ customerId }))).toEqual({ done: 1 });
        },
      };
      it.each(PUBLIC_COMMANDS.map((one) => one.name))(
        '%s gives what it gives in the engine',
        async (command) => {
          await round[command]();
        },
      );
    });

    it('refuses with the same class, reason, message and details as the engine itself', async () => {
      const bad = new CreateGroupcallCommand({
        customerId: randomUUID(),
        destinations: [{ type: 'tel', target: '12' }],
      });
      const here = await busOf(engine)
        .execute(bad)
        .catch((error: unknown) => error);
      const there = await busOf(client)
        .execute(bad)
        .catch((error: unknown) => error);
      expect(there).toBeInstanceOf(GroupcallError);
      expect(there).toMatchObject({
        reason: 'INVALID_ARGUMENT',
        details: [{ field: 'destinations[0].target' }],
      });
      expect({ ...(there as object) }).toEqual({ ...(here as object) });
      await expect(execute(new HangupCommand({ groupcallId: randomUUID() }))).rejects.toMatchObject({
        reason: 'NOT_FOUND',
      });
    });

    it('makes one groupcall of one command id, however often and from wherever it is sent', async () => {
      const other = await startClient({ queue: queueOf(database), timeout: 20_000 });
      also.push(other);
      const commandId = randomUUID();
      const input = request();
      const one = () => withDelivery(new CreateGroupcallCommand(input), { commandId });
      const made = await Promise.all([
        busOf(client).execute(one()),
        busOf(client).execute(one()),
        busOf(other).execute(one()),
      ]);
      made.push(await busOf(other).execute(one()));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      const same = new CreateGroupcallCommand(request());
      expect((await execute(same)).id).toBe((await execute(same)).id);
      const different = withDelivery(new CreateGroupcallCommand(request(3, input.customerId)), { commandId });
      await expect(execute(different)).rejects.toMatchObject({ reason: 'CONFLICT' });
    });

    it('carries many commands at the same time, each to its own sender', async () => {
      const customerId = randomUUID();
      const made = await Promise.all(Array.from({ length: 60 }, (_, n) => create((n % 5) + 1, customerId)));
      expect(made.map(({ call_ids }) => call_ids.length)).toEqual(made.map((_, n) => (n % 5) + 1));
      expect(new Set(made.map(({ id }) => id)).size).toBe(60);
    });

    it('leaves nothing behind: no job, nobody who waits', async () => {
      await create();
      expect(senderOf(client).pendingCommands).toBe(0);
      await eventually(async () => {
        const counts = await senderOf(client).queue.getJobCounts();
        expect(Object.values(counts).every((count) => count === 0)).toBe(true);
      });
    });

    it('answers what somebody has written into the queue by hand, and nothing changes', async () => {
      const queue = senderOf(client).queue;
      const bad: [string, unknown][] = [
        ['hangup', { input: { groupcallId: 'x', force: true } }],
        ['reboot', { input: {} }],
        ['handle_hangup', null],
        ['handle_hangup', { input: { legId: randomUUID(), reason: 'bored' } }],
      ];
      for (const [command, data] of bad)
        await queue.add(command, data, { jobId: randomUUID(), removeOnComplete: false });
      await queue.add(
        'hangup',
        { input: { groupcallId: randomUUID() } },
        { jobId: 'not-a-uuid', removeOnComplete: false },
      );
      const done = await eventually(async () => {
        const jobs = await queue.getCompleted();
        expect(jobs.length).toBe(bad.length + 1);
        return jobs;
      });
      for (const { returnvalue } of done)
        expect(returnvalue).toMatchObject({ ok: false, error: { reason: 'INVALID_ARGUMENT' } });
      const fields = done.flatMap(({ returnvalue }) =>
        (returnvalue as { error: { details: { field: string }[] } }).error.details.map(({ field }) => field),
      );
      expect(fields.sort()).toEqual(['command', 'command_id', 'force', 'groupcall_id', 'input', 'reason']);
      for (const job of done) await job.remove();
    });

    it('shows in Bull Board by the names of the use cases', async () => {
      const queue = client.get<Queue>(`BullQueue_${COMMAND_QUEUE}`, { strict: false });
      expect(queue).toBe(senderOf(client).queue);
      await queue.pause();
      const waiting = create();
      const shown = await eventually(async () => {
        const [job] = await new BullMQAdapter(queue).getJobs(['waiting', 'paused']);
        expect(job.toJSON().name).toBe('create_groupcall');
        return job;
      });
      expect(shown.toJSON().data).toMatchObject({
        input: { destinations: [{ type: 'tel' }, { type: 'tel' }] },
      });
      await queue.resume();
      await waiting;
    });

    it('waits no longer than its patience, says that it does not know, and the same command can be sent again', async () => {
      const queue = senderOf(client).queue;
      await queue.pause();
      const input = request();
      const command = withDelivery(new CreateGroupcallCommand(input), { timeout: 300 });
      const unknown = await busOf(client)
        .execute(command)
        .catch((error: unknown) => error);
      expect(unknown).toBeInstanceOf(CommandOutcomeUnknownError);
      expect(unknown).toBeInstanceOf(GroupcallError);
      const { commandId, reason, message } = unknown as CommandOutcomeUnknownError;
      expect(reason).toBe('UNAVAILABLE');
      expect(message).toContain(`ask again with the same command id ${commandId}`);
      // Nobody waits for it any more, so it must not ring later.
      await eventually(async () => expect(await queue.getJob(commandId)).toBeUndefined());
      await queue.resume();
      const made = await busOf(client).execute(
        withDelivery(new CreateGroupcallCommand(input), { commandId }),
      );
      expect(made.call_ids.length).toBe(2);
    });

    it('does not carry out a create whose sender died long ago', async () => {
      const queue = senderOf(client).queue;
      const customerId = randomUUID();
      const data = { input: request(1, customerId), patience: 1_000 };
      const old = { jobId: randomUUID(), timestamp: Date.now() - 60_000, removeOnComplete: false };
      const job = await queue.add('create_groupcall', data, old);
      const done = await eventually(async () => {
        const now = await queue.getJob(job.id!);
        expect(now?.returnvalue).toBeTruthy();
        return now!;
      });
      expect(done.returnvalue).toMatchObject({ ok: false, error: { reason: 'UNAVAILABLE' } });
      await done.remove();
      expect(await execute(new DeleteCustomerCommand({ customerId }))).toEqual({ done: 0 });
    });

    it('refuses at once when too many wait, here or in the queue', async () => {
      const small = await startClient({
        queue: queueOf(database),
        timeout: 20_000,
        mostPending: 2,
        mostQueued: 2,
      });
      also.push(small);
      const queue = senderOf(small).queue;
      await queue.pause();
      const first = [1, 2].map(() => busOf(small).execute(new CreateGroupcallCommand(request())));
      await expect(busOf(small).execute(new CreateGroupcallCommand(request()))).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
        message: expect.stringContaining('2 commands of this process wait'),
      });
      const other = await startClient({ queue: queueOf(database), timeout: 20_000, mostQueued: 2 });
      also.push(other);
      await eventually(async () =>
        expect(await queue.getJobCountByTypes('waiting', 'paused' as 'waiting')).toBe(2),
      );
      await expect(busOf(other).execute(new CreateGroupcallCommand(request()))).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
        message: expect.stringContaining('2 commands wait in the queue already'),
      });
      await queue.resume();
      await Promise.all(first);
    });

    it('finishes what it has taken when the engine is stopped, and the next engine takes the rest', async () => {
      const many = Array.from({ length: 30 }, () => create(1));
      await engine.close();
      engine = await startEngine(database.url, queueOf(database));
      const made = await Promise.all(many);
      expect(new Set(made.map(({ id }) => id)).size).toBe(30);
    });

    it('tells whoever waits when the client is stopped', async () => {
      const leaving = await startClient({ queue: queueOf(database) });
      await senderOf(leaving).queue.pause();
      const waiting = busOf(leaving).execute(new HangupCommand({ groupcallId: randomUUID() }));
      const told = expect(waiting).rejects.toBeInstanceOf(CommandOutcomeUnknownError);
      await leaving.close();
      await told;
      await senderOf(client).queue.resume();
    });
  });
}
