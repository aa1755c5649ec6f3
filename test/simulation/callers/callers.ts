import type { InMemoryDatabase } from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import type { Random } from '../../faults/random.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Recorder } from '../judge/recorder.js';
import type { FrontDoor } from '../outside/front-door.js';
import { short, type Trace } from '../trace.js';
import { Creator } from './creator.js';
import { Meddler } from './meddler.js';
import { randomCreate } from './random-create.js';

/** Everybody who uses the processes, all through the first `duration` ms. */
export class Callers {
  private readonly creators: Creator[] = [];
  private readonly meddler: Meddler;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly door: FrontDoor,
    private readonly recorder: Recorder,
    database: InMemoryDatabase,
    private readonly trace: Trace,
  ) {
    this.meddler = new Meddler(agenda, random, door, recorder, database, trace);
  }

  get areDone(): boolean {
    return this.meddler.isDone && this.creators.every((one) => one.isDone);
  }

  begin(duration: number): void {
    const groupcalls = this.random.weighted([
      [2, 1],
      [3, 3],
      [2, 6],
    ]);
    // Early enough to see something of what comes.
    for (let made = 0; made < groupcalls; made += 1) {
      this.agenda.after(this.random.next() * duration * 0.6, () => this.create(`key ${made}`));
    }
    const requests = this.random.pick([0, 2, 4, 8]);
    for (let made = 0; made < requests; made += 1) {
      this.agenda.after(this.random.next() * duration, () => this.meddler.meddle());
    }
  }

  private create(idempotencyKey: string): void {
    const input = { ...randomCreate(this.random), idempotencyKey };
    this.trace.note(
      () =>
        `request: create ${input.ringMethod} for ${short(input.customerId)}: ${JSON.stringify(input.destinations)}`,
    );
    const creator = new Creator(this.agenda, this.random, this.door, this.recorder, input);
    this.creators.push(creator);
    creator.begin();
  }
}
