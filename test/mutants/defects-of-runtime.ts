import type { Defect } from './defect.js';

const SRC = 'libs/groupcall/src';

/** Defects of what runs the rules: between processes, before and after a commit. */
export const DEFECTS_OF_RUNTIME: readonly Defect[] = [
  {
    name: 'what a peer does not answer is never decided',
    file: `${SRC}/runtime/command-forwarder.ts`,
    anchor: 'for (const { here } of all) here();',
    instead: 'void all;',
  },
  {
    name: "a peer's refusal is taken for a result",
    file: `${SRC}/runtime/command-forwarder.ts`,
    anchor: "[cannot(error) ? 'busy' : 'look', number]",
    instead: "[cannot(error) ? 'busy' : 'done', number]",
  },
  {
    name: 'a letter to a peer that was lost is waited for as long as the peer lives',
    file: `${SRC}/runtime/command-forwarder.ts`,
    anchor: 'if (age <= LOST) return;',
    instead: 'return;',
  },
  {
    name: 'a command that has come from a peer goes on to the next',
    file: `${SRC}/runtime/groupcall-runtime.ts`,
    anchor: 'this.traced(sent, false) : this.checked(sent, false)',
    instead: 'this.traced(sent, true) : this.checked(sent, true)',
  },
  {
    name: 'a peer that says goodbye is still waited for',
    file: `${SRC}/runtime/peers.ts`,
    anchor: "else if (item[0] === 'bye') this.part(from);",
    instead: "else if (item[0] === 'bye') continue;",
  },
  {
    name: 'the stored version is not compared',
    file: `${SRC}/adapters/in-memory/in-memory-groupcall-store.ts`,
    anchor: "if ((stored?.version ?? 0) !== before.version) return 'conflict';",
    instead: '',
  },
  {
    name: 'effects are stored although their turn is not',
    file: `${SRC}/adapters/in-memory/in-memory-groupcall-store.ts`,
    anchor: 'const stored = trees.get(rootId);',
    instead:
      'const stored = trees.get(rootId);\n    for (const effect of effects) this.database.addEffect(after, effect);',
  },
  {
    name: 'an idempotency key may be used twice',
    file: `${SRC}/adapters/in-memory/in-memory-groupcall-store.ts`,
    anchor: "if (idempotency && this.keysOf(customerId).has(idempotency.key)) return 'duplicate_key';",
    instead: '',
  },
  {
    name: 'an idempotency key is good for any request',
    file: `${SRC}/commands/create-groupcall/create-groupcall.handler.ts`,
    anchor: 'if (known.fingerprint !== requestFingerprint(input)) {',
    instead: 'if (false) {',
  },
  {
    name: "the customer's limit is looked at and not enforced",
    file: `${SRC}/adapters/in-memory/in-memory-groupcall-store.ts`,
    anchor: "live > limits.liveLegs) return 'over_limit';",
    instead: 'live > limits.liveLegs) {}',
  },
  {
    name: 'commands are answered before the commit is known',
    file: `${SRC}/runtime/commit-writer.ts`,
    anchor: "  commit(turn: TreeTurn): Promise<Exclude<TurnOutcome, 'held'>> {\n",
    instead:
      "  commit(turn: TreeTurn): Promise<Exclude<TurnOutcome, 'held'>> {\n    void this.store.commit([turn], this.options.limits).catch(() => undefined);\n    return Promise.resolve('committed');\n",
  },
  {
    name: 'a commit whose outcome is unknown counts as done',
    file: `${SRC}/runtime/commit-writer.ts`,
    anchor: 'else for (const one of group) one.reject(error);',
    instead: "else for (const one of group) one.resolve('committed');",
  },
  {
    name: 'memory says "nothing to do" and is believed',
    file: `${SRC}/runtime/tree-turns.ts`,
    anchor: 'if (basis.isFresh || isSure(open, answers))',
    instead: 'if (basis.before.version >= 0)',
  },
  {
    name: 'a packed tree has no winner any more',
    file: `${SRC}/runtime/packed-tree.ts`,
    anchor: '    winnerLegId,\n    lateAnswers,\n    groupcalls: new Map(',
    instead: '    winnerLegId: null,\n    lateAnswers,\n    groupcalls: new Map(',
  },
  {
    name: 'the process’s own clock says that a deadline has passed',
    file: `${SRC}/runtime/alarm-handler.ts`,
    anchor: 'const now = await this.clock.read();\n    const told',
    instead: 'const now = this.clock.now();\n    const told',
  },
  {
    name: 'the process’s own clock wakes a tree',
    file: `${SRC}/runtime/deadline-timers.ts`,
    anchor: 'const now = await this.clock.read();',
    instead: 'const now = this.clock.now();',
  },
  {
    name: 'the sweep finds nothing',
    file: `${SRC}/runtime/alarm-handler.ts`,
    anchor: 'const due = await this.store.dueAlarms(until, BATCH);',
    instead: 'const due: string[] = [];',
  },
  {
    name: 'the sweep tells whom the timers are just telling',
    file: `${SRC}/runtime/alarm-handler.ts`,
    anchor: 'const lost = now - Math.min(alarmBucket, sweepInterval);',
    instead: 'const lost = now;',
  },
  {
    name: 'the reconciler takes news on their way for lost ones',
    file: `${SRC}/runtime/reconciler.ts`,
    anchor: 'if (!leg || leg.status !== doubts.get(id)) return;',
    instead: 'if (!leg) return;',
  },
  {
    name: 'the reconciler does not give news the time to arrive',
    file: `${SRC}/runtime/reconciler.ts`,
    anchor: 'await waitUnlessAborted(this.timers, this.options.timings.reconcileGrace, signal);',
    instead: '',
  },
  {
    name: 'nobody compares with the gateway',
    file: `${SRC}/runtime/lifecycle.ts`,
    anchor: 'if (workers.reconciler) this.compare.start();',
    instead: '',
  },
  {
    name: 'a leg that was given up is dialled',
    file: `${SRC}/runtime/effect-executor.ts`,
    anchor: "if (leg.status === 'hangingup') {",
    instead: 'if (false) {',
  },
  {
    name: 'old memory is believed before a newer claim',
    file: `${SRC}/runtime/effect-executor.ts`,
    anchor: 'return remembered && isFurther(remembered, leg) ? remembered : leg;',
    instead: 'return remembered ?? leg;',
  },
  {
    name: 'a gateway that does not answer has refused the call',
    file: `${SRC}/runtime/effect-executor.ts`,
    anchor: 'if (!(reason instanceof CallRefusedError)) {',
    instead: 'if (false) {',
  },
  {
    name: 'effects of a lane run side by side',
    file: `${SRC}/runtime/outbox-relay.ts`,
    anchor: 'for (const lane of lanesOf(claimed)) void this.run(lane);',
    instead: 'for (const one of claimed) void this.run([one]);',
  },
  {
    name: 'an effect is acknowledged before it is done',
    file: `${SRC}/runtime/outbox-relay.ts`,
    anchor: 'await this.executor.execute(claimed);\n        this.receipts.add(claimed);',
    instead: 'this.receipts.add(claimed);\n        await this.executor.execute(claimed);',
  },
  {
    name: 'a bundle rides with a second commit',
    file: `${SRC}/runtime/bundle-receipts.ts`,
    anchor: 'mayRide: false',
    instead: 'mayRide: true',
  },
  {
    name: 'a claim never runs out',
    file: `${SRC}/adapters/in-memory/in-memory-effect-outbox.ts`,
    anchor: 'row.claimUntil = now + leaseMs;',
    instead: 'row.claimUntil = Infinity;',
  },
  {
    name: 'a sink that hangs uses the room of the hangups',
    file: `${SRC}/runtime/effect-rooms.ts`,
    anchor: 'return this.taken[kind] < Math.min(ROOM[kind], this.window.size);',
    instead:
      'return KINDS.reduce((sum, one) => sum + this.taken[one], 0) < Math.min(ROOM[kind], this.window.size);',
  },
  {
    name: 'nobody looks for what had no room before',
    file: `${SRC}/runtime/effect-rooms.ts`,
    anchor: 'return wasFull && this.isFree(kind);',
    instead: 'return false;',
  },
  {
    name: 'a lane goes on when its claim has run out',
    file: `${SRC}/runtime/outbox-relay.ts`,
    anchor: 'return effectTimeout * LEAST_OF_FIRST <= left;',
    instead: 'return true;',
    also: [{ anchor: 'if (index > 0) return effectTimeout <= left;', instead: '' }],
  },
  {
    name: 'tries count claims',
    file: `${SRC}/adapters/in-memory/in-memory-effect-outbox.ts`,
    anchor: 'row.claimNo += 1;\n      row.claimUntil = now + leaseMs;',
    instead: 'row.claimNo += 1;\n      row.attempts += 1;\n      row.claimUntil = now + leaseMs;',
  },
  {
    name: 'whoever waits behind a failure has failed as well',
    file: `${SRC}/adapters/in-memory/in-memory-effect-outbox.ts`,
    anchor: 'if (row.id === failure?.id) failed(row, failure.error);',
    instead: 'if (failure) failed(row, failure.error);',
  },
  {
    name: 'a hangup waits until its dial is tried again',
    file: `${SRC}/adapters/in-memory/in-memory-database.ts`,
    anchor: 'row.nextAt = 0;',
    instead: '',
  },
  {
    name: 'a dial that fails while its hangup waits is put off all the same',
    file: `${SRC}/adapters/in-memory/in-memory-effect-outbox.ts`,
    anchor: 'row.nextAt = hasHangupBehind(head) ? 0 : at;',
    instead: 'row.nextAt = head ? at : at;',
  },
  {
    name: 'one call that cannot be compared ends the look at all of them',
    file: `${SRC}/runtime/reconcile-pass.ts`,
    anchor: 'this.failures += 1;',
    instead: 'throw error;',
  },
  {
    name: 'a shutdown waits for the comparison before the relay is stopped',
    file: `${SRC}/runtime/lifecycle.ts`,
    anchor: 'await Promise.all([relay.stop(), deadlines.stop(), sweep.stop(), poll.stop(), compare.stop()]);',
    instead:
      'await compare.stop(); await relay.stop(); await deadlines.stop(); await sweep.stop(); await poll.stop();',
  },
  {
    name: 'an outdated claim may still acknowledge',
    file: `${SRC}/adapters/in-memory/in-memory-effect-outbox.ts`,
    anchor: 'return row && row.claimNo === claimNo && !row.dead ? [row] : [];',
    instead: 'return row && !row.dead ? [row] : [];',
  },
];
