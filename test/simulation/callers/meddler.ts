import { DeleteCustomerCommand } from '../../../libs/groupcall/src/commands/delete-customer/delete-customer.command.js';
import { DeleteGroupcallCommand } from '../../../libs/groupcall/src/commands/delete-groupcall/delete-groupcall.command.js';
import { FreezeCustomerCommand } from '../../../libs/groupcall/src/commands/freeze-customer/freeze-customer.command.js';
import { HandleMasterCallHangupCommand } from '../../../libs/groupcall/src/commands/handle-master-call-hangup/handle-master-call-hangup.command.js';
import { HangupCommand } from '../../../libs/groupcall/src/commands/hangup/hangup.command.js';
import { HangupOthersCommand } from '../../../libs/groupcall/src/commands/hangup-others/hangup-others.command.js';
import type { InMemoryDatabase } from '../../../libs/groupcall/src/adapters/in-memory/index.js';
import type { Random } from '../../faults/random.js';
import type { CallerRecord } from '../../faults/checker/records.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Recorder, Told } from '../judge/recorder.js';
import type { FrontDoor } from '../outside/front-door.js';
import { short, type Trace } from '../trace.js';
import { CUSTOMERS, MASTER_CALLS } from './random-create.js';

interface Request {
  readonly command: object;
  readonly what: Exclude<Told['what'], 'unknown'> | null;
  readonly id: string;
}

const MOST_TRIES = 4;

/** Everybody else who wants something: of any groupcall, at any time, sometimes twice. */
export class Meddler {
  private readonly replies: CallerRecord['replies'][number][] = [];
  private waiting = 0;

  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly door: FrontDoor,
    private readonly recorder: Recorder,
    private readonly database: InMemoryDatabase,
    private readonly trace: Trace,
  ) {
    recorder.caller({ key: 'meddlers', replies: this.replies, misuse: [] });
  }

  get isDone(): boolean {
    return this.waiting === 0;
  }

  meddle(): void {
    const request = this.randomRequest();
    if (!request) return;
    this.trace.note(() => `request: ${request.command.constructor.name} ${short(request.id)}`);
    this.ask(request, 1);
    if (this.random.chance(0.3)) this.ask(request, 1);
  }

  private ask(request: Request, tried: number): void {
    this.waiting += 1;
    this.door.ask(request.command, ({ status, message, askedAt }) => {
      this.waiting -= 1;
      this.replies.push({ status, message });
      if (status === 200 && request.what) this.recorder.tell(request.what, request.id);
      if (status === 404) this.recorder.tellUnknown(request.id, askedAt);
      if ((status !== 0 && status !== 503) || tried >= MOST_TRIES) return;
      this.waiting += 1;
      this.agenda.after(this.random.next() * 1_000, () => {
        this.waiting -= 1;
        this.ask(request, tried + 1);
      });
    });
  }

  private randomRequest(): Request | null {
    const ids = [...this.database.rootOfGroupcall.keys()];
    if (ids.length === 0) return null;
    const groupcallId = this.random.pick(ids);
    const rootId = this.database.rootOfGroupcall.get(groupcallId)!;
    return this.random.weighted<() => Request>([
      [6, () => ({ command: new HangupCommand({ groupcallId }), what: 'hangup', id: groupcallId })],
      [
        4,
        () => ({ command: new HangupOthersCommand({ groupcallId }), what: 'hangup_others', id: groupcallId }),
      ],
      [
        2,
        () => ({ command: new DeleteGroupcallCommand({ groupcallId: rootId }), what: 'delete', id: rootId }),
      ],
      [1, () => ({ command: new DeleteGroupcallCommand({ groupcallId }), what: 'delete', id: groupcallId })],
      [
        2,
        () => this.aboutMany(MASTER_CALLS, (id) => new HandleMasterCallHangupCommand({ masterCallId: id })),
      ],
      [0.5, () => this.aboutMany(CUSTOMERS, (id) => new FreezeCustomerCommand({ customerId: id }))],
      [0.5, () => this.aboutMany(CUSTOMERS, (id) => new DeleteCustomerCommand({ customerId: id }))],
    ])();
  }

  private aboutMany(ids: readonly string[], make: (id: string) => object): Request {
    const id = this.random.pick(ids);
    return { command: make(id), what: null, id };
  }
}
