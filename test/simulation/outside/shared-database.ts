import {
  InMemoryEffectOutbox,
  InMemoryGroupcallStore,
  type InMemoryDatabase,
} from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import type { PublicEvent } from '../../../libs/groupcall/src/domain/effect.js';
import type { ClaimedEffect } from '../../../libs/groupcall/src/ports/effect-outbox.port.js';
import { GroupcallEventSink } from '../../../libs/groupcall/src/ports/groupcall-event-sink.port.js';
import type {
  CustomerLimits,
  EffectHold,
  TreeTurn,
  TurnOutcome,
} from '../../../libs/groupcall/src/ports/groupcall-store.port.js';
import type { Random } from '../../faults/random.js';
import type { Recorder } from '../judge/recorder.js';
import { short, type Trace } from '../trace.js';
import type { Weather } from '../weather.js';

/** The store, at the database's end of the wire: what is committed here is committed. */
export class RecordingStore extends InMemoryGroupcallStore {
  constructor(
    private readonly tables: InMemoryDatabase,
    private readonly recorder: Recorder,
    private readonly random: Random,
    private readonly weather: () => Weather,
    private readonly trace: Trace,
  ) {
    super(tables);
  }

  override async commit(
    turns: readonly TreeTurn[],
    limits: CustomerLimits,
    hold?: EffectHold,
  ): Promise<TurnOutcome[]> {
    const outcomes: TurnOutcome[] = [];
    for (const turn of turns) {
      // As when somebody else is a moment faster and then takes it back.
      const loses = this.random.chance(this.weather().troubles.store.conflict);
      const [outcome] = loses ? (['conflict'] as const) : await super.commit([turn], limits, hold);
      outcomes.push(outcome);
      this.trace.note(() => story(turn, outcome));
      if (outcome === 'committed' || outcome === 'held') this.recorder.committed(turn, this.tables);
      // Whoever commits them has them in hand.
      if (outcome === 'held') for (const effect of turn.effects) this.recorder.claimed(effect);
    }
    return outcomes;
  }
}

export class RecordingOutbox extends InMemoryEffectOutbox {
  constructor(
    tables: InMemoryDatabase,
    private readonly recorder: Recorder,
    private readonly trace: Trace,
  ) {
    super(tables);
  }

  override async claim(request: Parameters<InMemoryEffectOutbox['claim']>[0]): Promise<ClaimedEffect[]> {
    const claimed = await super.claim(request);
    for (const { effect } of claimed) this.recorder.claimed(effect);
    if (claimed.length > 0)
      this.trace.note(
        () =>
          `${request.owner} claims ${claimed.map(({ id, effect }) => `${id}:${effect.kind}:${short(effect.lane)}`).join(' ')}`,
      );
    return claimed;
  }
}

/** Where public events arrive. */
export class RecordingSink extends GroupcallEventSink {
  constructor(
    private readonly recorder: Recorder,
    private readonly trace: Trace,
  ) {
    super();
  }

  override async deliver(event: PublicEvent): Promise<void> {
    this.trace.note(() => `event ${event.sequence} ${event.type} ${short(event.leg?.id ?? event.data.id)}`);
    this.recorder.delivered(event);
  }
}

function story({ before, after, effects }: TreeTurn, outcome: TurnOutcome): string {
  const legs = [...after.legs.values()].map(({ id, status }) => `${short(id)}=${status}`).join(' ');
  const orders = effects
    .filter(({ kind }) => kind !== 'publish')
    .map(({ kind, lane }) => `${kind}:${short(lane)}`)
    .join(' ');
  const root = after.groupcalls.get(after.rootId);
  return `tree ${short(after.rootId)} v${before.version + 1} ${outcome}: ${root?.status} ${legs}${orders && ` → ${orders}`}`;
}
