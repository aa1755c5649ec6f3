import type { Random } from '../../faults/random.js';
import type { Agenda } from '../../../libs/groupcall/src/testing/virtual-time/agenda.js';
import type { Trace } from '../trace.js';
import type { Service, Trouble, Weather } from '../weather.js';
import type { Life } from './life.js';

/** Something outside did not answer, or said that it could not. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

type Fate = 'well' | Exclude<keyof Trouble, 'latency' | 'conflict'>;
const FATES: readonly Exclude<Fate, 'well'>[] = [
  'failed',
  'doneButFailed',
  'silent',
  'doneButSilent',
  'zombie',
];

/** How long the driver of a service waits for a reply before it says so; what has none leaves that to the runtime. */
const PATIENCE: Record<Service, number> = {
  store: 2_500,
  queue: 1_000,
  gateway: Infinity,
  directory: Infinity,
  sink: Infinity,
};
/** How long after that what nobody waits for any more may still be done, ms. */
const ZOMBIE = 4_000;

/**
 * Everything that a process asks of the outside goes through here: it takes time, it may go wrong in every way, and what
 * was asked for happens although the one who asked has died.
 */
export class Wire {
  constructor(
    private readonly agenda: Agenda,
    private readonly random: Random,
    private readonly trace: Trace,
    private readonly weather: () => Weather,
    private readonly life: Life,
  ) {}

  /** @param work happens at the other side, at once and whole */
  ask<T>(service: Service, what: string, work: () => Promise<T>): Promise<T> {
    const trouble = this.weather().troubles[service];
    const fate = this.fateIn(trouble);
    const asking = `${service} ${what}: ${fate}`;
    if (fate !== 'well') this.trace.note(() => `${this.life.name} ${asking}`);
    return new Promise<T>((resolve, reject) => {
      const fail = () => reject(new Unreachable(asking));
      const failAfter = (ms: number) => {
        if (ms !== Infinity) this.life.after(ms, fail);
      };
      const unheard = () => void work().catch(ignored);
      switch (fate) {
        case 'well':
          return this.there(trouble, () => {
            work().then(
              (value) => this.back(trouble, () => resolve(value)),
              (error: Error) => this.back(trouble, () => reject(error)),
            );
          });
        case 'failed':
          return failAfter(2 * this.delay(trouble));
        case 'doneButFailed':
          return this.there(trouble, () => {
            unheard();
            this.back(trouble, fail);
          });
        case 'silent':
          return failAfter(PATIENCE[service]);
        case 'doneButSilent':
          failAfter(PATIENCE[service]);
          return this.there(trouble, unheard);
        case 'zombie':
          failAfter(PATIENCE[service]);
          this.agenda.after(Math.min(PATIENCE[service], ZOMBIE) + this.random.next() * ZOMBIE, () => {
            this.trace.note(() => `${this.life.name} ${service} ${what}: done though nobody waits any more`);
            unheard();
          });
      }
    });
  }

  private fateIn(trouble: Trouble): Fate {
    let at = this.random.next();
    for (const fate of FATES) {
      at -= trouble[fate];
      if (at < 0) return fate;
    }
    return 'well';
  }

  /** Often there is nothing between the asking and the doing, so that nothing can come in between. */
  private there(trouble: Trouble, work: () => void): void {
    if (this.random.chance(0.4)) work();
    else this.agenda.after(this.delay(trouble), work);
  }

  private back(trouble: Trouble, tell: () => void): void {
    this.life.after(this.delay(trouble), tell);
  }

  private delay({ latency }: Trouble): number {
    const share = this.random.next();
    return latency * share * share;
  }
}

function ignored(): void {
  // Nobody is told.
}
