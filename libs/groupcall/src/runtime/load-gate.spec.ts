import { ManualClock } from '../adapters/in-memory/index.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { resolveOptions } from '../groupcall.options.js';
import { refusal, resultOf } from '../remote/command-reply.js';
import { LoadGate } from './load-gate.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** A gate for 2 new groupcalls and 6 commands, with work that is finished by hand. */
function smallGate() {
  const clock = new ManualClock();
  const metrics = new RuntimeMetrics();
  const capacity = { waitingGroupcalls: 2, waitingCommands: 6 };
  const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://nobody' }, capacity });
  const gate = new LoadGate(clock, metrics, options);
  const finish: (() => void)[] = [];
  const work = () => new Promise<void>((resolve) => finish.push(resolve));
  return { gate, clock, metrics, finish, work };
}

const errorOf = (told: Promise<unknown>) => told.catch((error: unknown) => error as GroupcallError);
const command = ({ gate, work }: ReturnType<typeof smallGate>, type = 'handle_hangup' as const) =>
  enter(gate, type, work);

async function enter(gate: LoadGate, type: TreeCommand['type'], work: () => Promise<void>) {
  const entered = gate.enter(type);
  await work();
  gate.left(entered);
}

describe('Too much to do', () => {
  it('refuses the next groupcall at once, with the time after which to come back', async () => {
    const made = smallGate();
    const { gate, work, metrics, finish } = made;
    const accepted = [gate.newGroupcall(work), gate.newGroupcall(work)];
    const error = await errorOf(gate.newGroupcall(work));
    expect(error).toBeInstanceOf(GroupcallError);
    expect(error).toMatchObject({ reason: 'UNAVAILABLE' });
    expect((error as GroupcallError).message).toMatch(/2 new groupcalls .*Nothing was done.* again in \d+ s/);
    expect((error as GroupcallError).retryAfter).toBeGreaterThanOrEqual(1_000);
    expect(metrics.groupcallsRefused).toBe(1);
    // Those who were let in are finished, and then there is room again.
    finish.forEach((done) => done());
    await Promise.all(accepted);
    const again = gate.newGroupcall(work);
    finish.forEach((done) => done());
    await again;
  });

  it('refuses new groupcalls first, while hangups get through', async () => {
    const made = smallGate();
    const hangups = [1, 2, 3, 4, 5, 6].map(() => command(made));
    expect(await errorOf(made.gate.newGroupcall(made.work))).toBeInstanceOf(GroupcallError);
    expect(made.gate.waiting).toBe(6);
    made.finish.forEach((done) => done());
    await Promise.all(hangups);
    expect([made.gate.waiting, made.metrics.commandsRefused]).toEqual([0, 0]);
  });

  it('refuses every command from outside in the end, but never what came of our own doing', async () => {
    const made = smallGate();
    const waiting = [1, 2, 3, 4, 5, 6].map(() => command(made));
    expect(await errorOf(command(made))).toMatchObject({ reason: 'UNAVAILABLE' });
    expect(made.metrics.commandsRefused).toBe(1);
    const own = (['handle_dial_outcome', 'handle_resolution', 'handle_alarm'] as const).map((type) =>
      enter(made.gate, type, made.work),
    );
    expect(made.gate.waiting).toBe(9);
    made.finish.forEach((done) => done());
    await Promise.all([...waiting, ...own]);
  });

  it('has those come back later for whom it takes longer, and not all at once', async () => {
    const made = smallGate();
    const slow = Array.from({ length: 3 }, () => command(made));
    await made.clock.advance(200_000);
    made.finish.forEach((done) => done());
    await Promise.all(slow);
    const waiting = [1, 2, 3].map(() => command(made));
    const waits = await Promise.all(
      [1, 2, 3].map(
        async () => ((await errorOf(made.gate.newGroupcall(made.work))) as GroupcallError).retryAfter!,
      ),
    );
    for (const wait of waits) expect(wait).toBeGreaterThan(20_000);
    expect(new Set(waits).size).toBe(3);
    made.finish.forEach((done) => done());
    await Promise.all(waiting);
  });

  it('is told to a service without the engine in the same words and with the same time', async () => {
    const { gate, work, finish } = smallGate();
    const accepted = [gate.newGroupcall(work), gate.newGroupcall(work)];
    const error = (await errorOf(gate.newGroupcall(work))) as GroupcallError;
    const reply = JSON.parse(JSON.stringify(refusal(error))) as ReturnType<typeof refusal>;
    const told = await errorOf(Promise.resolve().then(() => resultOf(reply)));
    const { reason, message, retryAfter } = error;
    expect(told).toBeInstanceOf(GroupcallError);
    expect(told).toMatchObject({ reason, message, retryAfter });
    finish.forEach((done) => done());
    await Promise.all(accepted);
  });
});
