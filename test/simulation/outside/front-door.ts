import type { Random } from '../../faults/random.js';
import { GroupcallError, type ErrorReason } from '../../../libs/groupcall/src/domain/groupcall-error.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { VirtualProcess } from '../process/virtual-process.js';
import { Unreachable } from '../process/wire.js';

/** As over HTTP; status 0: no reply, so the outcome is unknown. */
export interface Reply extends Answer {
  readonly askedAt: number;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly message?: string;
}

const STATUS: Record<ErrorReason, number> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
};
const PATIENCE = 6_000;
const REPLIES_LOST = 0.02;

/** How anybody speaks to the processes: to one of them, by chance, and a reply may come or not. */
export class FrontDoor {
  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly processes: () => readonly VirtualProcess[],
    private readonly healed: () => boolean,
  ) {}

  /** @param then is told exactly once */
  ask(command: object, then: (reply: Reply) => void): void {
    let open = true;
    const askedAt = this.agenda.now;
    const reply = (one: Answer) => {
      if (!open) return;
      open = false;
      then({ ...one, askedAt });
    };
    const back = (one: Answer) => {
      if (!this.healed() && this.random.chance(REPLIES_LOST)) return;
      this.agenda.after(this.latency(), () => reply(one));
    };
    this.agenda.after(PATIENCE, () => reply({ status: 0 }));
    const target = this.random.pick(this.processes());
    this.agenda.after(this.latency(), () => {
      const { life } = target;
      if (!life) return back({ status: 0 });
      life.reach(() => {
        target.execute(command).then(
          (body) => back({ status: 200, body }),
          (error: unknown) => back(refusal(error)),
        );
      });
    });
  }

  private latency(): number {
    return this.random.next() * 10;
  }
}

/** What a host's exception filter makes of it. */
function refusal(error: unknown): Answer {
  const message = String(error);
  if (error instanceof GroupcallError) return { status: STATUS[error.reason], message };
  return { status: error instanceof Unreachable ? 503 : 500, message };
}
