import type { LedgerEntry, LedgerFact } from '../../faults/judge/ledger.js';
import type { CallerRecord, Claim, Records, TreeVersion } from '../../faults/checker/records.js';
import type { InMemoryDatabase } from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import type { Effect, PublicEvent } from '../../../libs/groupcall/src/domain/effect.js';
import type { ResolvedOptions } from '../../../libs/groupcall/src/groupcall.options.js';
import type { TreeTurn } from '../../../libs/groupcall/src/ports/groupcall-store.port.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Reply } from '../outside/front-door.js';
import { versionOf } from './tree-record.js';

/** Somebody was told that something is so: it must have been committed by then. */
export interface Told {
  /** When it was told; of `unknown`, when it was asked for. */
  readonly at: number;
  readonly what: 'create' | 'hangup' | 'hangup_others' | 'delete' | 'won' | 'lost' | 'unknown';
  /** Of the groupcall, or of the leg that has won or lost. */
  readonly id: string;
}

/** What the simulation sees and real processes cannot show. */
export interface SimulationRecords extends Records {
  readonly told: readonly Told[];
  /** When everything stopped going wrong; Infinity: never. */
  readonly healedAt: number;
  /** ms after which a due leg must have been seen to by then, in a healthy world. */
  readonly alarmPatience: number;
}

/** Writes down what happens, as plain records that the checker can judge. */
export class Recorder {
  private readonly trees = new Map<string, TreeVersion[]>();
  private readonly ledger: LedgerEntry[] = [];
  private readonly claims: Claim[] = [];
  private readonly extremes = new Map<string, { least: number; most: number }>();
  private readonly callers: CallerRecord[] = [];
  private readonly notifications: CallerRecord['replies'][number][] = [];
  private readonly told: Told[] = [];
  private latest = 0;

  constructor(
    private readonly agenda: Agenda,
    private readonly options: ResolvedOptions,
  ) {
    this.callers.push({ key: 'notifications', replies: this.notifications, misuse: [] });
  }

  get ringGrace(): number {
    return this.options.timings.ringGrace;
  }

  note(fact: LedgerFact): void {
    const at = this.stamp();
    this.ledger.push({ t: at, at, account: '', ...fact });
  }

  committed(turn: TreeTurn, database: InMemoryDatabase): void {
    const { rootId, customerId } = turn.after;
    const versions = this.trees.get(rootId) ?? [];
    this.trees.set(rootId, versions);
    const key = turn.idempotency?.key ?? versions[0]?.idempotencyKey ?? null;
    versions.push(versionOf(turn.after, this.stamp(), key));
    const live = database.liveLegs.get(customerId) ?? 0;
    const known = this.extremes.get(customerId) ?? { least: 0, most: 0 };
    this.extremes.set(customerId, { least: Math.min(known.least, live), most: Math.max(known.most, live) });
  }

  claimed(effect: Effect): void {
    if (effect.kind === 'dial') this.claims.push({ legId: effect.legId, at: this.stamp() });
  }

  delivered({ id, sequence, type, data }: PublicEvent): void {
    const about = { groupcallId: data.id, customerId: data.customer_id };
    this.note({ kind: 'event', event: { id, sequence, type, ...about } });
  }

  notified(id: string, what: string, { status, body, message, askedAt }: Reply): void {
    this.note({ kind: 'notified', id, what, status });
    this.notifications.push({ status, message });
    if (status === 200 && (body === 'won' || body === 'lost')) this.tell(body, id);
    if (status === 404) this.tellUnknown(id, askedAt);
  }

  tell(what: Exclude<Told['what'], 'unknown'>, id: string): void {
    this.told.push({ at: this.stamp(), what, id });
  }

  tellUnknown(id: string, askedAt: number): void {
    this.told.push({ at: askedAt, what: 'unknown', id });
  }

  caller(record: CallerRecord): void {
    this.callers.push(record);
  }

  /** The moment, a hair later for each thing written down: what happens in one moment still has an order. */
  private stamp(): number {
    this.latest = Math.max(this.agenda.now, this.latest + 0.001);
    return this.latest;
  }

  records(database: InMemoryDatabase, living: readonly string[], healedAt: number): SimulationRecords {
    const { timings, limits } = this.options;
    return {
      trees: this.trees,
      ledger: this.ledger,
      claims: this.claims,
      outbox: [...database.outbox.values()].map(({ rootId, effect, attempts, dead, error }) => ({
        rootId,
        kind: effect.kind,
        legId: 'legId' in effect ? effect.legId : null,
        status: dead ? 'dead' : 'pending',
        attempts,
        lastError: error || null,
      })),
      liveLegs: [...this.extremes].map(([customerId, { least, most }]) => ({
        customerId,
        now: database.liveLegs.get(customerId) ?? 0,
        least,
        most,
      })),
      callers: this.callers,
      living,
      limits: { liveLegs: limits.liveLegs },
      told: this.told,
      healedAt,
      alarmPatience: timings.sweepInterval + 1_000,
    };
  }
}
