import {
  CreateGroupcallCommand,
  type CreateGroupcallInput,
} from '../../../libs/groupcall/src/commands/create-groupcall/create-groupcall.command.js';
import type { Random } from '../../faults/random.js';
import type { CallerRecord } from '../../faults/checker/records.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Recorder } from '../judge/recorder.js';
import type { FrontDoor, Reply } from '../outside/front-door.js';
import { randomId } from './random-id.js';

const MOST_TRIES = 12;

/**
 * Somebody who wants one groupcall: asks again with the same key until there is a definite answer, sometimes twice at
 * once, and sometimes uses the key for something else.
 */
export class Creator {
  readonly replies: CallerRecord['replies'][number][] = [];
  readonly misuse: number[] = [];
  private waiting = 0;
  private tries = 0;
  /** Most leave the id to the host, which makes a new one for every try; some bring their own. */
  private readonly id: string | null;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly door: FrontDoor,
    private readonly recorder: Recorder,
    private readonly input: CreateGroupcallInput & { idempotencyKey: string },
  ) {
    this.id = random.chance(0.2) ? randomId(random, agenda.now) : null;
    recorder.caller({ key: input.idempotencyKey, replies: this.replies, misuse: this.misuse });
  }

  get isDone(): boolean {
    return this.waiting === 0;
  }

  begin(): void {
    this.ask();
    if (this.random.chance(0.25)) this.ask();
  }

  private ask(): void {
    this.tries += 1;
    this.waiting += 1;
    const id = this.id ?? randomId(this.random, this.agenda.now);
    const command = new CreateGroupcallCommand({ ...this.input, id });
    this.door.ask(command, (reply) => {
      this.waiting -= 1;
      this.hear(reply);
    });
  }

  private hear({ status, body, message }: Reply): void {
    const id = status === 200 ? (body as { id: string }).id : undefined;
    this.replies.push({ status: status === 200 ? 201 : status, ...(id ? { id } : {}), message });
    if (id) this.recorder.tell('create', id);
    if (id && this.random.chance(0.1)) this.askForSomethingElse();
    const definite = status !== 0 && status !== 503 && status !== 429;
    if (definite ? this.random.chance(0.9) : this.tries >= MOST_TRIES) return;
    if (this.tries >= MOST_TRIES) return;
    this.waiting += 1;
    this.agenda.after(this.random.next() * 1_500, () => {
      this.waiting -= 1;
      this.ask();
    });
  }

  private askForSomethingElse(): void {
    this.waiting += 1;
    const input = { ...this.input, dialTimeout: 5_000, id: randomId(this.random, this.agenda.now) };
    this.agenda.after(this.random.next() * 2_000, () => {
      this.door.ask(new CreateGroupcallCommand(input), ({ status }) => {
        this.waiting -= 1;
        this.misuse.push(status);
      });
    });
  }
}
