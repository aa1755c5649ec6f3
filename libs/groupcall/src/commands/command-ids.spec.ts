import { InMemoryDatabase, ManualClock } from '../adapters/in-memory/index.js';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { TreeCommand } from '../domain/tree-command.js';
import type { GroupcallStore } from '../ports/groupcall-store.port.js';
import { GroupcallRuntime } from '../runtime/groupcall-runtime.js';
import { LoadReader } from '../runtime/load-reader.js';
import { ProcessNumber } from '../runtime/process-number.js';
import { RuntimeMetrics } from '../runtime/runtime-metrics.js';
import { TreeBatches } from '../runtime/tree-batches.js';
import { TreeTurns } from '../runtime/tree-turns.js';
import { inMemoryProcess } from '../testing/in-memory-process.js';
import { agent, phone, uuidOf } from '../testing/scenario/index.js';
import { firstTurn } from '../testing/turns.js';
import { COMMAND_HANDLERS } from './command-handlers.js';
import { CreateGroupcallCommand } from './create-groupcall/create-groupcall.command.js';
import { CreateGroupcallHandler } from './create-groupcall/create-groupcall.handler.js';
import { DeleteCustomerCommand } from './delete-customer/delete-customer.command.js';
import { DeleteCustomerHandler } from './delete-customer/delete-customer.handler.js';
import { DeleteGroupcallCommand } from './delete-groupcall/delete-groupcall.command.js';
import { FreezeCustomerCommand } from './freeze-customer/freeze-customer.command.js';
import { FreezeCustomerHandler } from './freeze-customer/freeze-customer.handler.js';
import { HandleAlarmCommand } from './handle-alarm/handle-alarm.command.js';
import { HandleAnswerCommand } from './handle-answer/handle-answer.command.js';
import { HandleDialOutcomeCommand } from './handle-dial-outcome/handle-dial-outcome.command.js';
import { HandleHangupCommand } from './handle-hangup/handle-hangup.command.js';
import { HandleMasterCallHangupCommand } from './handle-master-call-hangup/handle-master-call-hangup.command.js';
import { HandleMasterCallHangupHandler } from './handle-master-call-hangup/handle-master-call-hangup.handler.js';
import { HandleResolutionCommand } from './handle-resolution/handle-resolution.command.js';
import { HandleRingingCommand } from './handle-ringing/handle-ringing.command.js';
import { HangupOthersCommand } from './hangup-others/hangup-others.command.js';
import { HangupCommand } from './hangup/hangup.command.js';

/** Ids say who has made them: here always the same one. */
const NUMBER = new ProcessNumber();

const root = uuidOf('root');
const customer = uuidOf('customer');
const master = uuidOf('master call');
const smith = agent('smith');

/** Ids by their name on the wire, as a sender writes them. */
type Ids = (field: string, id: string) => string;

/** What a process makes of a command as it arrives on the CommandBus. */
interface Process {
  readonly runtime: GroupcallRuntime;
  readonly store: GroupcallStore;
  readonly batches: TreeBatches;
  readonly gate: ReturnType<typeof inMemoryProcess>['gate'];
  readonly clock: ManualClock;
  readonly options: ReturnType<typeof inMemoryProcess>['options'];
}

const tree = (make: (ids: Ids, leg: string) => TreeCommand) => (process: Process, ids: Ids, leg: string) =>
  process.runtime.send(make(ids, leg));

/** Every use case: its ids, and how it is asked for. */
const COMMANDS: Record<
  string,
  readonly [fields: string[], send: (process: Process, ids: Ids, leg: string) => unknown]
> = {
  CreateGroupcall: [
    ['id', 'customer_id', 'flow_id', 'master_call_id'],
    ({ runtime, store, clock, gate, options }, ids) =>
      new CreateGroupcallHandler(runtime, store, clock, gate, NUMBER, options).execute(
        new CreateGroupcallCommand({
          id: ids('id', uuidOf('another')),
          customerId: ids('customer_id', customer),
          flowId: ids('flow_id', uuidOf('flow')),
          masterCallId: ids('master_call_id', master),
          destinations: [phone('dora')],
        }),
      ),
  ],
  DeleteCustomer: [
    ['customer_id'],
    ({ store, batches }, ids) =>
      new DeleteCustomerHandler(store, batches).execute(
        new DeleteCustomerCommand({ customerId: ids('customer_id', customer) }),
      ),
  ],
  FreezeCustomer: [
    ['customer_id'],
    ({ store, batches }, ids) =>
      new FreezeCustomerHandler(store, batches).execute(
        new FreezeCustomerCommand({ customerId: ids('customer_id', customer) }),
      ),
  ],
  HandleMasterCallHangup: [
    ['master_call_id'],
    ({ store, batches }, ids) =>
      new HandleMasterCallHangupHandler(store, batches).execute(
        new HandleMasterCallHangupCommand({ masterCallId: ids('master_call_id', master) }),
      ),
  ],
  DeleteGroupcall: [
    ['groupcall_id', 'customer_id'],
    tree((ids) => new DeleteGroupcallCommand(ofGroupcall(ids))),
  ],
  Hangup: [['groupcall_id', 'customer_id'], tree((ids) => new HangupCommand(ofGroupcall(ids)))],
  HangupOthers: [['groupcall_id', 'customer_id'], tree((ids) => new HangupOthersCommand(ofGroupcall(ids)))],
  HandleRinging: [['leg_id', 'customer_id'], tree((ids, leg) => new HandleRingingCommand(ofLeg(ids, leg)))],
  HandleAnswer: [['leg_id', 'customer_id'], tree((ids, leg) => new HandleAnswerCommand(ofLeg(ids, leg)))],
  HandleHangup: [
    ['leg_id', 'customer_id'],
    tree((ids, leg) => new HandleHangupCommand({ ...ofLeg(ids, leg), reason: 'busy' })),
  ],
  HandleDialOutcome: [
    ['root_id', 'leg_id'],
    tree(
      (ids, leg) =>
        new HandleDialOutcomeCommand({
          rootId: ids('root_id', root),
          legId: ids('leg_id', leg),
          outcome: 'accepted',
        }),
    ),
  ],
  HandleAlarm: [
    ['root_id'],
    tree((ids) => new HandleAlarmCommand({ rootId: ids('root_id', root), now: Date.UTC(2040, 0) })),
  ],
  HandleResolution: [
    ['root_id', 'groupcall_id'],
    tree(
      (ids) =>
        new HandleResolutionCommand({
          rootId: ids('root_id', root),
          groupcallId: ids('groupcall_id', root),
          index: 2,
          destination: { type: 'agent', target: smith.target!, target_name: '', name: '', detail: '' },
          resolution: { resolved: false, detail: 'nobody knows it' },
        }),
    ),
  ],
};

function ofGroupcall(ids: Ids) {
  return { groupcallId: ids('groupcall_id', root), customerId: ids('customer_id', customer) };
}

function ofLeg(ids: Ids, leg: string) {
  return { legId: ids('leg_id', leg), customerId: ids('customer_id', customer) };
}

/** A process with one tree that is ringing. */
async function process() {
  const clock = new ManualClock();
  const made = inMemoryProcess(new InMemoryDatabase(clock), clock);
  const turn = firstTurn({
    rootId: root,
    customerId: customer,
    masterCallId: master,
    destinations: [phone('anna'), phone('bob'), smith],
    now: clock.now(),
  });
  await made.store.commit([turn], { liveLegs: 0, groupcallsPerSecond: 0 });
  const [anna, bob] = turn.after.legs.keys();
  return { ...made, clock, anna, bob };
}

/** A store that must not be asked. */
const untouchable = new Proxy({} as GroupcallStore, {
  get: (_store, method) => () => {
    throw new Error(`The store was asked: ${String(method)}`);
  },
});

it('Every use case is looked at here', () => {
  expect(
    Object.keys(COMMANDS)
      .map((name) => `${name}Handler`)
      .sort(),
  ).toEqual(COMMAND_HANDLERS.map(({ name }) => name).sort());
});

describe.each(Object.entries(COMMANDS))('%s', (name, [fields, send]) => {
  it('means the same in capital letters', async () => {
    const asWritten = async (write: (id: string) => string) => {
      const one = await process();
      if (name === 'HangupOthers') await one.runtime.send(new HandleAnswerCommand({ legId: one.bob }));
      const version = async () => (await one.store.load(root))!.version;
      const before = await version();
      const result = await send(one, (_field, id) => write(id), one.anna);
      const stored = [await one.store.load(root), await one.store.load(uuidOf('another'))];
      return { changed: (await version()) - before, result, stored };
    };
    const small = await asWritten((id) => id);
    expect(await asWritten((id) => id.toUpperCase())).toEqual(small);
    // A new tree is another one, and the others were hung up with the answer.
    expect(small.changed).toBe(name === 'CreateGroupcall' || name === 'HangupOthers' ? 0 : 1);
  });

  it.each(fields)('is refused when its %s is no UUID, and nobody is asked for it', async (wrong) => {
    const one = await process();
    const turns = { residents: { rootOf: () => undefined } } as unknown as TreeTurns;
    const runtime = new GroupcallRuntime(
      untouchable,
      turns,
      new LoadReader(untouchable),
      one.gate,
      new RuntimeMetrics(),
      one.forwarder,
    );
    const deaf = { ...one, store: untouchable, runtime, batches: new TreeBatches(runtime) };
    for (const id of ['', 'x', `${root}0`, `{${root}}`, "' OR 1=1 --", '\u0000', 7, null]) {
      const ids: Ids = (field, right) => (field === wrong ? (id as string) : right);
      const refusal = await Promise.resolve()
        .then(() => send(deaf, ids, one.anna))
        .catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(GroupcallError);
      expect(refusal).toMatchObject({ reason: 'INVALID_ARGUMENT', details: [{ field: wrong }] });
    }
  });
});
