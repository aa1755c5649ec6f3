import type { Random } from '../../faults/random.js';
import { HandleAnswerCommand } from '../../../libs/groupcall/src/commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../../libs/groupcall/src/commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../../../libs/groupcall/src/commands/handle-ringing/handle-ringing.command.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Recorder } from '../judge/recorder.js';
import { short, type Trace } from '../trace.js';
import type { Weather } from '../weather.js';
import type { FrontDoor } from './front-door.js';
import type { News } from './telephone-network.js';

const LATEST_REORDERED = 2_000;
const PAUSE = { first: 30, most: 1_000 };

/**
 * Brings news of calls to any process, again and again until one has said that it is durable. News of one call keeps its
 * order unless it is told to lose it.
 */
export class Notifier {
  /** News of a call that waits until what came before it was taken. */
  private readonly lines = new Map<string, News[]>();
  /** News that nobody has taken yet. */
  pending = 0;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly weather: () => Weather,
    private readonly door: FrontDoor,
    private readonly recorder: Recorder,
    private readonly trace: Trace,
  ) {}

  tell(news: News): void {
    const { duplicated, reordered, dropped } = this.weather().notifications;
    if (this.random.chance(dropped)) {
      this.trace.note(() => `notification lost: ${short(news.id)} ${news.what}`);
      return;
    }
    const later = () => this.random.next() * LATEST_REORDERED;
    if (this.random.chance(duplicated)) this.send(news, later(), ignored);
    if (this.random.chance(reordered)) this.send(news, later(), ignored);
    else this.inLine(news);
  }

  private inLine(news: News): void {
    const line = this.lines.get(news.id);
    if (line) {
      line.push(news);
      return;
    }
    this.lines.set(news.id, []);
    const next = () => {
      const follower = this.lines.get(news.id)?.shift();
      if (follower) this.send(follower, 0, next);
      else this.lines.delete(news.id);
    };
    this.send(news, 0, next);
  }

  private send(news: News, after: number, taken: () => void): void {
    this.pending += 1;
    const offer = (pause: number) => {
      this.door.ask(commandFor(news), (reply) => {
        const { status } = reply;
        if (status > 0) this.recorder.notified(news.id, news.what, reply);
        // 404 is final as well: it says that the call is nobody's.
        if (status < 300 && status >= 200) return done();
        if (status === 404) return done();
        this.agenda.after(pause, () => offer(Math.min(pause * 2, PAUSE.most)));
      });
    };
    const done = () => {
      this.pending -= 1;
      taken();
    };
    this.agenda.after(after, () => offer(PAUSE.first));
  }
}

function commandFor({ id: legId, what, reason }: News): object {
  if (what === 'ringing') return new HandleRingingCommand({ legId });
  if (what === 'answered') return new HandleAnswerCommand({ legId });
  return new HandleHangupCommand({ legId, reason });
}

function ignored(): void {
  // Nothing waits behind it.
}
