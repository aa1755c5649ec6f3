import {
  AlarmClock,
  CallGateway,
  EffectOutbox,
  GroupcallEventSink,
  GroupcallStore,
} from '@groupcall/groupcall';
import type { DynamicModule } from '@nestjs/common';
import type { EffectRun } from '../../../libs/groupcall/src/runtime/effect-executor.js';
import { around, decorate } from './decorate.js';
import { DELAY, type Failpoints, InjectedFault } from './failpoints.js';

/** The adapters answer or reject within this time (SqlConnection's deadline, ms): a hang at their port is no longer. */
const SQL_DEADLINE = 5_000;

interface Timed {
  start(onDeadline: (rootIds: readonly string[], now: number) => Promise<void>): void;
}

interface Signal {
  nudge(): void;
  hand(...bundle: unknown[]): void;
}

interface Executor {
  execute(effect: unknown): Promise<void>;
  start(effect: unknown, run: EffectRun): void;
}

interface Residents {
  keep(rootId: string, tree: unknown): void;
  forget(rootId: string): void;
}

/**
 * Hangs the failpoints of ports and runtime around the providers of the engine's own module.
 * @param onCommit told of every commit whose outcome is known
 */
export function installFailpoints(module: DynamicModule, points: Failpoints, onCommit: () => void): void {
  decorate<GroupcallStore>(module, GroupcallStore, (store) =>
    around(store, {
      loadMany: (load) => points.before('F1', () => points.after('F2', load, SQL_DEADLINE), SQL_DEADLINE),
      commit: async (commit, [, , hold]) => {
        const marked = () =>
          points.before('F12', () => points.after('F13', commit, SQL_DEADLINE), SQL_DEADLINE);
        // What is done is marked in a commit, too.
        const work = hold?.done?.length ? marked : commit;
        const outcomes = await points.before(
          'F3',
          () => points.after('F8', work, SQL_DEADLINE),
          SQL_DEADLINE,
        );
        onCommit();
        return outcomes;
      },
    }),
  );
  decorate<EffectOutbox>(module, EffectOutbox, (outbox) =>
    around(outbox, {
      // Only a claim that has got something is one.
      claim: async (claim) => {
        const claimed = await claim();
        return claimed.length > 0 ? points.after('F10', async () => claimed, SQL_DEADLINE) : claimed;
      },
      acknowledge: (acknowledge) =>
        points.before('F12', () => points.after('F13', acknowledge, SQL_DEADLINE), SQL_DEADLINE),
      release: (release) =>
        points.before('F12', () => points.after('F13', release, SQL_DEADLINE), SQL_DEADLINE),
    }),
  );
  decorate<CallGateway>(module, CallGateway, (gateway) =>
    around(gateway, {
      createCall: (create) => points.after('F11', create),
      listCalls: async (list) => {
        const calls = await list();
        return calls.length > 0 ? points.after('F20', async () => calls) : calls;
      },
    }),
  );
  decorate<AlarmClock>(module, AlarmClock, (clock) =>
    around(clock, {
      arm: (arm) => points.before('F14', () => points.after('F15', arm)),
      start: (_start, [onAlarm]) => clock.start((rootId) => points.before('F16', () => onAlarm(rootId))),
      stop: (stop) => points.before('F21', stop),
    }),
  );
  decorate<Timed>(module, 'DeadlineTimers', (timers) =>
    around(timers, {
      start: (_start, [onDeadline]) =>
        timers.start((rootIds, now) => points.before('F16', () => onDeadline(rootIds, now))),
    }),
  );
  decorate<GroupcallEventSink>(module, GroupcallEventSink, (sink) =>
    around(sink, { deliver: (deliver) => points.after('F19', deliver) }),
  );
  decorate<Signal>(module, 'OutboxSignal', (signal) =>
    around(signal, {
      nudge: (nudge) => onNudge(points, nudge),
      hand: (hand) => onNudge(points, hand),
    }),
  );
  // What was committed by this process is claimed already: the point lies between that and the gateway.
  decorate<Executor>(module, 'EffectExecutor', (executor) =>
    around(executor, {
      execute: (execute) => points.before('F10', execute, SQL_DEADLINE),
      start: (_start, [effect, run]) => {
        const work = () =>
          new Promise<void>((done, failed) =>
            executor.start(effect, { asked: () => run.asked(), done, failed }),
          );
        points.before('F10', work, SQL_DEADLINE).then(
          () => run.done(),
          (reason: unknown) => run.failed(reason),
        );
      },
    }),
  );
  decorate<{ residents: Residents }>(module, 'TreeTurns', (turns) => {
    evictAt(points, turns.residents);
    return turns;
  });
}

/** Nobody waits for a nudge, or for what is handed over: to hang is to lose it. */
function onNudge(points: Failpoints, nudge: () => void): void {
  switch (points.take('F9')) {
    case 'throw':
      throw new InjectedFault('F9: not nudged');
    case 'throw_after_success':
      nudge();
      throw new InjectedFault('F9: nudged');
    case 'hang':
      return;
    case 'delay':
      setTimeout(nudge, DELAY);
      return;
    case null:
      nudge();
  }
}

/** The tree leaves memory at the very moment it came in, later, or with an error. */
function evictAt(points: Failpoints, residents: Residents): void {
  const keep = residents.keep.bind(residents);
  residents.keep = (rootId, tree) => {
    const action = points.take('F22');
    if (action === 'throw') throw new InjectedFault('F22: not kept');
    keep(rootId, tree);
    // A tree that stays in memory is never loaded.
    if (points.expects('F1') || points.expects('F2')) residents.forget(rootId);
    if (action === 'delay') setTimeout(() => residents.forget(rootId), DELAY);
    else if (action !== null) residents.forget(rootId);
    if (action === 'throw_after_success') throw new InjectedFault('F22: evicted');
  };
}
