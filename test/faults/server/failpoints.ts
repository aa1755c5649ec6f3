import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The await points of RELIABILITY 5.3; the README says where each of them is in this architecture. */
export const POINTS = Array.from({ length: 22 }, (_, index) => `F${index + 1}`) as Point[];
export type Point =
  `F${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22}`;

export const ACTIONS = ['throw', 'throw_after_success', 'hang', 'delay', 'kill'] as const;
export type Action = (typeof ACTIONS)[number];

/** One instruction: do `action` when `point` is reached for the `skip` + 1st time, once. */
export interface Instruction {
  readonly point: Point;
  readonly action: Action;
  readonly skip: number;
}

/** What a fault looks like to whoever called. */
export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

/** An error as the database's server tells it: the statement has failed and is over. */
export class InjectedServerError extends InjectedFault {
  readonly code = '40001';
  readonly severity = 'ERROR';
}

export const DELAY = 2_000;

/** For ever, as far as a test is concerned. */
const never = () => new Promise<never>(() => undefined);

/** The instructions of this process; what is not armed costs nothing and changes nothing. */
export class Failpoints {
  private armed: { instruction: Instruction; left: number } | undefined;

  /** @param report told of every hit, at once */
  constructor(private readonly report: (hit: { point: Point; action: Action }) => void) {}

  arm(instruction: Instruction): void {
    this.armed = { instruction, left: instruction.skip };
  }

  /** Whether an action is armed for the point. */
  expects(point: Point): boolean {
    return this.armed?.instruction.point === point;
  }

  disarm(): void {
    this.armed = undefined;
  }

  /** The action to take here and now; asked once per passage. A kill does not return. */
  take(point: Point): Exclude<Action, 'kill'> | null {
    const action = this.consume(point);
    return action === 'kill' ? this.kill(point) : action;
  }

  /** {@link take} for a seam that has to prepare its kill: it calls {@link kill} when it is ready. */
  consume(point: Point): Action | null {
    if (this.armed?.instruction.point !== point) return null;
    if (this.armed.left > 0) {
      this.armed.left -= 1;
      return null;
    }
    const { action } = this.armed.instruction;
    this.armed = undefined;
    if (action !== 'kill') this.report({ point, action });
    return action;
  }

  /** The point lies before `work`. @param deadline ms after which whoever hangs here gives up; missing: never */
  async before<T>(point: Point, work: () => Promise<T>, deadline?: number): Promise<T> {
    switch (this.take(point)) {
      case 'throw':
        throw new InjectedFault(`${point}: did not begin`);
      case 'throw_after_success':
        await work();
        throw new InjectedFault(`${point}: done, but the reply is lost`);
      case 'hang':
        return hang(deadline);
      case 'delay':
        await delay(DELAY);
        return work();
      case null:
        return work();
    }
  }

  /** The point lies after `work` has succeeded and before anybody knows. */
  async after<T>(point: Point, work: () => Promise<T>, deadline?: number): Promise<T> {
    const result = await work();
    switch (this.take(point)) {
      case 'throw':
      case 'throw_after_success':
        throw new InjectedFault(`${point}: done, but the reply is lost`);
      case 'hang':
        return hang(deadline);
      case 'delay':
        await delay(DELAY);
        return result;
      case null:
        return result;
    }
  }

  /** As a crash would. The parent sees the signal, and this line says that it was meant. */
  kill(point: Point): never {
    writeSync(2, `failpoint ${point}: kill -9\n`);
    process.kill(process.pid, 'SIGKILL');
    throw new Error('still alive after kill -9');
  }
}

async function hang(deadline: number | undefined): Promise<never> {
  if (deadline === undefined) return never();
  await delay(deadline);
  throw new InjectedFault(`no answer within ${deadline} ms`);
}
