import { randomUUID } from 'node:crypto';
import { toAddress } from '@groupcall/address';
import { GroupcallError, type CallGateway, type OutgoingCall } from '@groupcall/groupcall';
import {
  describeCallGatewayContract,
  ManualClock,
  type CallGatewayEnvironment,
} from '@groupcall/groupcall/testing';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { SimulatorTicker } from '../../apps/api/src/simulator/simulator-ticker.js';
import { eventually } from '../support/eventually.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import {
  openSimulatorDatabase,
  RecordingBus,
  simulatorEnvironment,
  SimulatorProcess,
} from './simulator.environment.js';

let database: TestDatabase;
let dataSource: DataSource;
let clock: ManualClock;
let bus: RecordingBus;
let simulator: SimulatorProcess;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await createTestDatabase();
  dataSource = await openSimulatorDatabase(database.url);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});
beforeEach(async () => {
  await dataSource.query('TRUNCATE simulated_call');
  clock = new ManualClock();
  bus = new RecordingBus();
  simulator = new SimulatorProcess(dataSource, clock, bus);
});

const CUSTOMER = randomUUID();
function callTo(user: string): OutgoingCall {
  return {
    id: randomUUID(),
    customerId: CUSTOMER,
    groupcallId: randomUUID(),
    rootId: randomUUID(),
    from: toAddress({}),
    to: toAddress({ type: 'sip', target: `${user}@sim` }),
    ringTimeout: 40_000,
    maxDuration: 3_600_000,
  };
}
async function place(user: string): Promise<OutgoingCall> {
  const call = callTo(user);
  await simulator.create(call);
  return call;
}
async function after(ms: number): Promise<void> {
  await clock.advance(ms);
  await simulator.step();
}
const told = (call: OutgoingCall) =>
  bus.about(call.id).map(({ kind, reason }) => (reason ? `${kind} ${reason}` : kind));
const stateOf = async (call: OutgoingCall) =>
  (await simulator.gateway.getCall(call.id, new AbortController().signal)).state;

describeCallGatewayContract('The simulated gateway', async () => simulatorEnvironment(dataSource));

const LESS = { listsCalls: false, limitsRinging: false, limitsDuration: false };
describeCallGatewayContract(
  'One that says that it can do less',
  async () => {
    const env = simulatorEnvironment(dataSource);
    return Object.create(env, {
      gateway: {
        get: () =>
          Object.create(env.gateway, {
            capabilities: { value: LESS },
            listCalls: { value: () => Promise.reject(new Error('It lists no calls.')) },
          }) as CallGateway,
      },
    }) as CallGatewayEnvironment;
  },
  LESS,
);

describe('A simulated call', () => {
  it('follows its script: answers, and hangs up that long after the answer', async () => {
    const call = await place('answer-after-2s-hangup-after-5s');
    await after(1_999);
    expect(told(call)).toEqual(['ringing']);
    await after(1);
    expect(told(call)).toEqual(['ringing', 'answered']);
    await after(4_999);
    expect(await stateOf(call)).toBe('answered');
    await after(1);
    expect(told(call)).toEqual(['ringing', 'answered', 'ended normal']);
  });

  it('that is to answer at once rings first, and talks until it is hung up', async () => {
    const call = await place('answer');
    await after(0);
    expect(told(call)).toEqual(['ringing', 'answered']);
    await after(3_599_999);
    expect(await stateOf(call)).toBe('answered');
  });

  it('to a busy line does not ring, and one that rejects later does', async () => {
    const busy = await place('busy');
    const rejects = await place('reject-after-1s');
    await after(0);
    await after(1_000);
    expect(told(busy)).toEqual(['ended busy']);
    expect(told(rejects)).toEqual(['ringing', 'ended rejected']);
  });

  it('goes on while nobody watches: what was due meanwhile is told late, and in order', async () => {
    const call = await place('answer-after-2s-hangup-after-5s');
    await after(60_000);
    expect(told(call)).toEqual(['ringing', 'answered', 'ended normal']);
  });

  it('hangs up that long after an answer by hand, too', async () => {
    const call = await place('answer-after-30s-hangup-after-5s');
    await clock.advance(1_000);
    await simulator.farEnd.answer(CUSTOMER, call.id);
    await after(5_000);
    expect(told(call)).toEqual(['ringing', 'answered', 'ended normal']);
  });
});

describe('What happened to a call', () => {
  it('is told again until it is heard, in order, with growing pauses', async () => {
    let failures = 3;
    bus.respond = async () => {
      if (failures-- > 0) throw new GroupcallError('UNAVAILABLE');
    };
    const call = await place('answer');
    await after(0);
    expect(told(call)).toEqual([]);
    await after(99);
    expect(failures).toBe(2);
    await after(1);
    await after(199);
    expect(failures).toBe(1);
    await after(1);
    await after(400);
    expect(told(call)).toEqual(['ringing', 'answered']);
  });

  it('is not told twice when only what came after it failed', async () => {
    bus.respond = async (command) => {
      if (command.type === 'handle_answer' && clock.now() === start) throw new Error('store is down');
    };
    const start = clock.now();
    const call = await place('answer');
    await after(0);
    expect(told(call)).toEqual(['ringing']);
    await after(100);
    expect(told(call)).toEqual(['ringing', 'answered']);
  });

  it('is forgotten when nobody has such a leg', async () => {
    bus.respond = async () => {
      throw new GroupcallError('NOT_FOUND');
    };
    const call = await place('answer-hangup-after-1s');
    await after(1_000);
    bus.respond = async () => undefined;
    await after(60_000);
    expect(told(call)).toEqual([]);
    expect(await simulator.schedule.nextDueAt()).toBeNull();
  });

  it('is told by another process when the one that had taken it on has died', async () => {
    const call = await place('answer');
    // Claimed and never acknowledged: killed in between.
    expect(await simulator.schedule.advance(clock.now(), 10_000, 100)).toMatchObject([
      { id: call.id, news: ['ringing', 'answered'], mine: true },
    ]);
    await after(9_999);
    expect(told(call)).toEqual([]);
    await after(1);
    expect(told(call)).toEqual(['ringing', 'answered']);
  });

  it('and that happens meanwhile waits for the process that is telling, and is then told', async () => {
    const call = await place('ring');
    bus.respond = async (command) => {
      if (command.type !== 'handle_ringing') return;
      await simulator.farEnd.answer(CUSTOMER, call.id);
      await simulator.step();
      expect(told(call)).toEqual([]);
    };
    await after(0);
    expect(told(call)).toEqual(['ringing', 'answered']);
  });

  it('does not count for a process whose time to tell it was over', async () => {
    const call = await place('ring');
    const [late] = await simulator.schedule.advance(clock.now(), 10_000, 100);
    await clock.advance(10_000);
    await simulator.schedule.advance(clock.now(), 10_000, 100);
    await simulator.schedule.acknowledge(
      [{ id: call.id, claim: late.claim, told: 1, retryAt: null }],
      clock.now(),
    );
    await after(10_000);
    expect(told(call)).toEqual(['ringing']);
  });
});

describe('Many simulated calls', () => {
  it('are shared by several processes: all told, each once', async () => {
    const calls = Array.from({ length: 600 }, () => callTo('answer-hangup-after-1s'));
    await Promise.all(calls.map((call) => simulator.create(call)));
    const other = new SimulatorProcess(dataSource, clock, bus);
    await clock.advance(1_000);
    // Whoever is first is kept busy until the other one has got something as well.
    let release = () => {};
    const bothAtWork = new Promise<void>((resolve) => (release = resolve));
    const working = new Set<SimulatorProcess>();
    for (const process of [simulator, other]) {
      const advance = process.schedule.advance.bind(process.schedule);
      jest.spyOn(process.schedule, 'advance').mockImplementation(async (...request) => {
        const due = await advance(...request);
        if (due.length > 0 && working.add(process).size === 2) release();
        return due;
      });
    }
    bus.respond = () => bothAtWork;
    await Promise.all([simulator.step(), other.step()]);
    expect(await simulator.step()).toBe(0);
    for (const call of calls) expect(told(call)).toEqual(['ringing', 'answered', 'ended normal']);
  });

  it('placed, answered and hung up at once take a few statements, not one each', async () => {
    const statements = jest.spyOn(dataSource, 'query');
    const calls = Array.from({ length: 2_500 }, () => callTo('answer'));
    await Promise.all(calls.map((call) => simulator.create(call)));
    await simulator.step();
    await Promise.all(calls.map(({ id }) => simulator.hangUp(id)));
    await simulator.step();
    const used = statements.mock.calls.length;
    statements.mockRestore();
    for (const call of calls) expect(told(call)).toEqual(['ringing', 'answered', 'ended cancel']);
    expect(used).toBeLessThan(60);
  });

  it('survive hangups, steps and acknowledgements from everywhere at once', async () => {
    const others = [1, 2].map(() => new SimulatorProcess(dataSource, clock, bus));
    const calls = Array.from({ length: 400 }, () => callTo('answer-on-cancel'));
    await Promise.all(calls.map((call) => simulator.create(call)));
    const hangups = [simulator, ...others].flatMap((process, index) =>
      (index % 2 ? calls : [...calls].reverse()).map(({ id }) => process.hangUp(id)),
    );
    await Promise.all([...hangups, ...others.map((process) => process.step())]);
    await simulator.step();
    for (const call of calls) expect(told(call)).toEqual(['ringing', 'answered', 'ended cancel']);
  });

  it('that are long over are removed, live ones and untold ones are not', async () => {
    const over = await place('busy');
    await after(0);
    const live = await place('ring');
    const untold = await place('busy');
    await simulator.schedule.advance(clock.now(), Number.MAX_SAFE_INTEGER / 2, 100);
    await simulator.hangUp(randomUUID());
    expect(await simulator.schedule.purge(clock.now() + 1, 100)).toBe(2);
    expect(await stateOf(over)).toBe('unknown');
    expect(await stateOf(live)).toBe('ringing');
    expect(await stateOf(untold)).toBe('ended');
  });
});

describe('The far end, played by hand,', () => {
  it('rings again, answers, and hangs up for the reason it is given', async () => {
    const call = await place('ring');
    await simulator.farEnd.ring(CUSTOMER, call.id);
    await simulator.farEnd.answer(CUSTOMER, call.id);
    await simulator.farEnd.hangUp(CUSTOMER, call.id, 'noanswer');
    await after(0);
    expect(told(call)).toEqual(['ringing', 'ringing', 'answered', 'ended noanswer']);
  });

  it('without a reason rejects a ringing call, and ends an answered one normally', async () => {
    const rejected = await place('ring');
    const ended = await place('answer');
    await after(0);
    await simulator.farEnd.hangUp(CUSTOMER, rejected.id);
    await simulator.farEnd.hangUp(CUSTOMER, ended.id);
    await after(0);
    expect(told(rejected).at(-1)).toBe('ended rejected');
    expect(told(ended).at(-1)).toBe('ended normal');
  });

  it('is not found for an unknown call, somebody else’s, a tombstone, and what is no id', async () => {
    const call = await place('ring');
    const tombstone = randomUUID();
    await simulator.hangUp(tombstone);
    const refused = { reason: 'NOT_FOUND' };
    await expect(simulator.farEnd.answer(CUSTOMER, randomUUID())).rejects.toMatchObject(refused);
    await expect(simulator.farEnd.answer(randomUUID(), call.id)).rejects.toMatchObject(refused);
    await expect(simulator.farEnd.hangUp(CUSTOMER, tombstone)).rejects.toMatchObject(refused);
    await expect(simulator.farEnd.ring(CUSTOMER, "1' OR '1'='1")).rejects.toMatchObject(refused);
    expect(await stateOf(call)).toBe('ringing');
  });

  it('cannot do what the state of the call does not allow', async () => {
    const call = await place('ring');
    await simulator.farEnd.answer(CUSTOMER, call.id);
    const refused = { reason: 'CONFLICT' };
    await expect(simulator.farEnd.ring(CUSTOMER, call.id)).rejects.toMatchObject(refused);
    await expect(simulator.farEnd.answer(CUSTOMER, call.id)).rejects.toMatchObject(refused);
    await simulator.farEnd.hangUp(CUSTOMER, call.id);
    await expect(simulator.farEnd.answer(CUSTOMER, call.id)).rejects.toMatchObject(refused);
    await expect(simulator.farEnd.hangUp(CUSTOMER, call.id)).rejects.toMatchObject(refused);
  });
});

describe('The ticker', () => {
  let ticker: SimulatorTicker;
  beforeEach(() => {
    ticker = new SimulatorTicker(simulator.worker, simulator.schedule, simulator.signal, clock);
    ticker.start();
  });
  afterEach(() => ticker.stop());

  it('has new calls told without being asked, and steps when their time has come', async () => {
    const call = await place('answer-after-1s');
    await eventually(() => expect(told(call)).toEqual(['ringing']));
    await clock.advance(1_000);
    await eventually(() => expect(told(call)).toEqual(['ringing', 'answered']));
  });

  it('finds what other processes have left behind', async () => {
    const other = new SimulatorProcess(dataSource, clock, bus);
    const call = callTo('busy');
    await other.create(call);
    await eventually(() => expect(told(call)).toEqual(['ended busy']));
  });

  it('outlives a failing database', async () => {
    const failing = jest.spyOn(dataSource, 'query').mockRejectedValue(new Error('connection refused'));
    await eventually(() => expect(failing.mock.calls.length).toBeGreaterThan(1));
    failing.mockRestore();
    const call = await place('busy');
    await eventually(() => expect(told(call)).toEqual(['ended busy']));
  });

  it('does nothing any more once it is stopped', async () => {
    await ticker.stop();
    const statements = jest.spyOn(dataSource, 'query');
    simulator.signal.nudge();
    await new Promise((resolve) => setImmediate(resolve));
    expect(statements).not.toHaveBeenCalled();
    statements.mockRestore();
  });
});
