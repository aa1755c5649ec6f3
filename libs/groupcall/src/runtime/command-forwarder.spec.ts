import { CreateGroupcallCommand } from '../commands/create-groupcall/create-groupcall.command.js';
import { HandleAnswerCommand } from '../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../commands/handle-ringing/handle-ringing.command.js';
import { HangupCommand } from '../commands/hangup/hangup.command.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { GroupcallResource } from '../domain/groupcall-resource.js';
import { memberId } from '../domain/member-id.js';
import { NoTracer } from '../ports/tracer.port.js';
import { uuidOf } from '../testing/scenario/index.js';
import { PeerStage, type StagedProcess } from '../testing/virtual-time/peer-stage.js';

const CUSTOMER = uuidOf('customer');

describe('A command about a tree that another process has made', () => {
  let stage: PeerStage;
  /** Has made the tree. */
  let maker: StagedProcess;
  /** Gets the commands. */
  let other: StagedProcess;
  let root: GroupcallResource;
  let legs: readonly string[];

  /** What comes of a command when time passes. */
  const told = async (by: StagedProcess, command: object, ms = 50): Promise<unknown> => {
    let outcome: unknown = 'nothing yet';
    by.execute(command).then(
      (result) => (outcome = result),
      (error: unknown) => (outcome = error),
    );
    await stage.pass(ms);
    return outcome;
  };
  const create = async (by: StagedProcess): Promise<GroupcallResource> =>
    (await told(
      by,
      new CreateGroupcallCommand({
        customerId: CUSTOMER,
        destinations: ['1', '2', '3'].map((digit) => ({
          type: 'tel' as const,
          target: `+1555000000${digit}`,
        })),
      }),
    )) as GroupcallResource;
  /** [turns committed, commands forwarded, given up] of a process. */
  const count = ({ store, metrics }: StagedProcess) => [
    store.committed.length,
    metrics.commandsForwarded,
    metrics.forwardsGivenUp,
  ];

  beforeEach(async () => {
    stage = new PeerStage();
    maker = await stage.start(1);
    other = await stage.start(2);
    await stage.pass(20);
    root = await create(maker);
    legs = root.call_ids;
  });

  it('is carried out there, and its result comes back', async () => {
    const [before] = count(maker);
    expect(await told(other, new HandleRingingCommand({ legId: legs[0] }))).toBeUndefined();
    expect(await told(other, new HandleAnswerCommand({ legId: legs[0] }))).toBe('won');
    expect(await told(other, new HandleAnswerCommand({ legId: legs[1] }))).toBe('lost');
    expect(await told(other, new HandleHangupCommand({ legId: legs[1], reason: 'cancel' }))).toBeUndefined();
    expect(count(other)).toEqual([0, 4, 0]);
    expect(count(maker)[0]).toBeGreaterThan(before);
    expect(other.residents.size).toBe(0);
  });

  it('brings a resource that is read here, so that no address travels', async () => {
    const said: string[] = [];
    stage.passes = (text) => said.push(text) > 0;
    const ending = (await told(other, new HangupCommand({ groupcallId: root.id }))) as GroupcallResource;
    expect(ending).toMatchObject({ id: root.id, status: 'hangingup' });
    expect(ending.destinations.map(({ target }) => target)).toContain('+15550000001');
    expect(count(other)).toEqual([0, 1, 0]);
    expect(said.join()).not.toContain('+1555');
  });

  it('is refused here with what the rules say there', async () => {
    const nobody = memberId(root.id, 99);
    const here = await told(maker, new HandleAnswerCommand({ legId: nobody }));
    const there = await told(other, new HandleAnswerCommand({ legId: nobody }));
    expect(there).toBeInstanceOf(GroupcallError);
    expect(there).toEqual(here);
    expect(there).toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('counts as waiting in both processes, until its sender has been told', async () => {
    maker.store.delay = 100;
    const answered = other.execute(new HandleAnswerCommand({ legId: legs[0] }));
    await stage.pass(50);
    expect([other, maker].map(({ runtime }) => runtime.waitingCommands)).toEqual([1, 1]);
    await stage.pass(200);
    expect(await answered).toBe('won');
    expect([other, maker].map(({ runtime }) => runtime.waitingCommands)).toEqual([0, 0]);
  });

  it('is decided here when the other says nothing for half a second, and the next ones at once', async () => {
    stage.passes = () => false;
    const answered = other.execute(new HandleAnswerCommand({ legId: legs[0] }));
    await stage.pass(450);
    expect(count(other)).toEqual([0, 1, 0]);
    await stage.pass(300);
    expect(await answered).toBe('won');
    expect(await told(other, new HandleAnswerCommand({ legId: legs[1] }), 5)).toBe('lost');
    expect(count(other).slice(1)).toEqual([1, 1]);
  });

  it('waits for a process that is slow but says that it is at it', async () => {
    maker.store.delay = 4_000;
    const answered = told(other, new HandleAnswerCommand({ legId: legs[0] }), 4_500);
    expect(await answered).toBe('won');
    expect(count(other)).toEqual([0, 1, 0]);
  });

  it('is decided here after five seconds when it was lost, though its process is alive', async () => {
    stage.passes = (text) => !text.includes('handle_answer');
    const answered = other.execute(new HandleAnswerCommand({ legId: legs[0] }));
    await stage.pass(1);
    // Something else keeps the two talking.
    for (let at = 0; at < 5_500; at += 100) {
      void other.execute(new HandleRingingCommand({ legId: legs[1] }));
      await stage.pass(100);
      if (at < 4_900) expect(other.metrics.forwardsGivenUp).toBe(0);
    }
    expect(await answered).toBe('won');
    expect(other.metrics.forwardsGivenUp).toBe(1);
  });

  it('may be carried out twice, and is answered once', async () => {
    maker.store.delay = 3_000;
    stage.passes = (text) => !text.includes('"wait"') && !text.includes('"alive"');
    const answered = other.execute(new HandleAnswerCommand({ legId: legs[0] }));
    await stage.pass(1_000);
    expect(await answered).toBe('won');
    // The late answer.
    stage.passes = () => true;
    await stage.pass(5_000);
    expect(other.metrics.forwardsGivenUp).toBe(1);
    expect(other.runtime.waitingCommands).toBe(0);
    expect(await told(maker, new HandleAnswerCommand({ legId: legs[0] }))).toBe('won');
  });

  it('is decided here at once when its process says goodbye, or is one that was torn off', async () => {
    maker.store.delay = 10_000;
    const answered = other.execute(new HandleAnswerCommand({ legId: legs[0] }));
    await stage.pass(20);
    void maker.lifecycle.beforeApplicationShutdown();
    await stage.pass(20);
    expect(await answered).toBe('won');
    expect(count(other)).toEqual([1, 1, 1]);
  });

  it('is decided here when our own link is torn', async () => {
    maker.store.delay = 10_000;
    const answered = other.execute(new HandleAnswerCommand({ legId: legs[0] }));
    await stage.pass(20);
    other.link.tear();
    await stage.pass(20);
    expect(await answered).toBe('won');
  });

  it('is finished here before a shutdown is', async () => {
    maker.store.delay = 10_000;
    const done: string[] = [];
    void other
      .execute(new HandleAnswerCommand({ legId: legs[0] }))
      .then((result) => done.push(String(result)));
    await stage.pass(20);
    void other.lifecycle.beforeApplicationShutdown().then(() => done.push('shut down'));
    await stage.pass(100);
    expect(done).toEqual(['won', 'shut down']);
  });

  it('is decided here when the other has too much to do, and the next ones until it says that it is alive', async () => {
    const busy = await stage.start(3, { capacity: { waitingCommands: 1 } });
    await stage.pass(20);
    const { call_ids: calls } = await create(busy);
    busy.store.delay = 100;
    void busy.execute(new HandleRingingCommand({ legId: calls[2] }));
    expect(await told(other, new HandleAnswerCommand({ legId: calls[0] }))).toBe('won');
    expect(await told(other, new HandleAnswerCommand({ legId: calls[1] }))).toBe('lost');
    expect(other.metrics.commandsForwarded).toBe(1);
    await stage.pass(1_100);
    expect(await told(other, new HandleAnswerCommand({ legId: calls[1] }), 300)).toBe('lost');
    expect(other.metrics.commandsForwarded).toBe(2);
  });

  it('never travels twice, whoever is taken for the maker over there', async () => {
    expect(other.runtime.takeHere(new HandleAnswerCommand({ legId: legs[0] }))).toBeInstanceOf(Promise);
    await stage.pass(50);
    expect(count(other)).toEqual([1, 0, 0]);
    expect(maker.metrics.commandsForwarded).toBe(0);
  });

  it('takes along where it came from, for whoever looks at traces', async () => {
    const seen: string[] = [];
    class Noting extends NoTracer {
      override readonly isOn = true as never;
      override async sending<T>(name: string, send: (parent: string) => Promise<T>): Promise<T> {
        const sent = await send(`parent of ${name}`);
        seen.push('came back');
        return sent;
      }
      override received<T>(parent: unknown, work: () => Promise<T>): Promise<T> {
        seen.push(String(parent));
        return work();
      }
    }
    const [one, two] = [await stage.start(3, {}, new Noting()), await stage.start(4, {}, new Noting())];
    await stage.pass(20);
    const { call_ids: calls } = await create(one);
    expect(await told(two, new HandleAnswerCommand({ legId: calls[0] }))).toBe('won');
    expect(seen).toEqual(['parent of handle_answer', 'came back']);
  });

  it('stays here where peers are switched off', async () => {
    const alone = await stage.start(3, { workers: { peers: false } });
    await stage.pass(2_000);
    expect(await told(alone, new HandleAnswerCommand({ legId: legs[0] }))).toBe('won');
    const { call_ids: calls } = await create(alone);
    expect(await told(other, new HandleAnswerCommand({ legId: calls[0] }))).toBe('won');
    expect(alone.metrics.commandsForwarded).toBe(0);
  });

  it('of a process that has gone meets all others of its tree in one place', async () => {
    const third = await stage.start(3);
    await stage.pass(20);
    await Promise.all([maker.lifecycle.beforeApplicationShutdown(), stage.pass(50)]);
    for (const by of [other, third])
      for (const legId of legs) await told(by, new HandleRingingCommand({ legId }));
    expect([other, third].map(({ residents }) => residents.size).sort()).toEqual([0, 1]);
  });
});
