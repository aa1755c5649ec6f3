import type { Verdict } from '../checker/check.js';
import { indexRecords } from '../checker/index-records.js';
import { deadlines } from '../checker/dial-rules.js';
import type { Records, Violation } from '../checker/records.js';
import { FAKETIME } from '../world/faketime.js';
import type { FaultNote } from './mischief.js';
import type { SlotCounts } from '../world/slot.js';

/** What a run has shown. */
export class Report {
  faults: readonly FaultNote[] = [];
  counts: readonly SlotCounts[] = [];
  latencies: readonly number[] = [];
  /** Something did not come to rest: going on would only bury it. */
  restless = false;
  passed = 0;
  private readonly broken: Violation[] = [];
  private readonly looked = new Map<string, number>();
  private readonly gateway = new Map<string, number>();
  private readonly late: number[] = [];
  private groupcalls = 0;

  constructor(private readonly seed: number) {}

  get failed(): number {
    return this.broken.length;
  }

  fail(violation: Violation): void {
    this.broken.push(violation);
  }

  add(verdict: Verdict, more: readonly Violation[], records: Records): void {
    const found = [...more, ...verdict.violations];
    const names = new Set(found.map((one) => one.invariant));
    for (const [invariant, looked] of verdict.looked) {
      this.looked.set(invariant, (this.looked.get(invariant) ?? 0) + looked);
      if (!names.has(invariant)) this.passed += 1;
    }
    if (!names.has('I19')) this.passed += 1;
    this.looked.set('I19', (this.looked.get('I19') ?? 0) + 1);
    this.broken.push(...found);
    this.groupcalls += records.trees.size;
    this.countGateway(records);
    this.late.push(...deadlines(indexRecords(records)).late);
  }

  /** Says how things were while all was well. */
  calmEnds(latencies: readonly number[]): void {
    console.log(`calm: create, ms: ${quantiles(latencies)}; ring time overrun, ms: ${quantiles(this.late)}`);
  }

  print(): void {
    const sum = (pick: (counts: SlotCounts) => number) =>
      this.counts.reduce((total, one) => total + pick(one), 0);
    console.log(`\nseed ${this.seed}`);
    if (!FAKETIME)
      console.log('wrong clocks were left out: libfaketime is not installed (Debian: apt install faketime)');
    console.log(
      `kills ${sum((one) => one.kills)}, of them at a failpoint ${sum((one) => one.failpointKills)}, ` +
        `of servers that had done something ${sum((one) => one.usefulKills)}; ` +
        `starts ${sum((one) => one.starts)}, in vain ${sum((one) => one.failedStarts)}; groupcalls ${this.groupcalls}`,
    );
    console.log('faults (s):');
    for (const { at, what } of this.faults) console.log(`  ${(at / 1000).toFixed(1).padStart(6)}  ${what}`);
    console.log('looked at, and broken, by invariant:');
    for (const [invariant, looked] of [...this.looked].sort(byNumber)) {
      const broken = this.broken.filter((one) => one.invariant === invariant).length;
      console.log(`  ${invariant.padEnd(4)} ${String(looked).padStart(7)} ${String(broken).padStart(4)}`);
    }
    console.log('gateway:');
    for (const [what, count] of [...this.gateway].sort())
      console.log(`  ${what.padEnd(34)} ${String(count).padStart(6)}`);
    console.log(`create, ms: ${quantiles(this.latencies)}; ring time overrun, ms: ${quantiles(this.late)}`);
    for (const { invariant, text } of this.broken.slice(0, 50)) console.log(`BROKEN ${invariant}: ${text}`);
  }

  private countGateway(records: Records): void {
    const count = (what: string) => this.gateway.set(what, (this.gateway.get(what) ?? 0) + 1);
    for (const entry of records.ledger) {
      if (entry.kind === 'create') count(`create: ${entry.outcome}`);
      else if (entry.kind === 'hangup') count(`hangup: found ${entry.found}`);
      else if (entry.kind === 'notified') count(`notification: ${entry.status}`);
      else if (entry.kind === 'event') count('events delivered');
      else count(entry.state === 'ended' ? `ended by ${entry.by}` : entry.state);
    }
  }
}

function byNumber([a]: [string, number], [b]: [string, number]): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}

function quantiles(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)} (${values.length})`;
}
