import { messageOf } from './embedded-postgres.error.js';
import { isAlive } from './processes.js';

/** How often the database is looked at, ms. */
const INTERVAL = 500;

/** Starts PostgreSQL again, on the same port, whenever it has ended without being asked to. */
export class Supervisor {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private complaint = '';
  private ended = false;

  constructor(
    /** The process number of the PostgreSQL that runs now. */
    private current: number,
    private readonly restart: () => Promise<number>,
    private readonly log: (line: string) => void,
  ) {
    this.schedule();
  }

  get pid(): number {
    return this.current;
  }

  /** Ends the supervision; a restart in progress is waited for. Twice is the same as once. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private schedule(): void {
    if (this.ended) return;
    this.timer = setTimeout(() => {
      this.round = this.check().finally(() => this.schedule());
    }, INTERVAL);
    // The database alone is no reason to keep the process running.
    this.timer.unref();
  }

  private async check(): Promise<void> {
    if (await isAlive(this.current)) return;
    this.complain('PostgreSQL has ended unexpectedly, starting it again');
    try {
      this.current = await this.restart();
      this.complaint = '';
      this.log('PostgreSQL runs again');
    } catch (error) {
      this.complain(messageOf(error));
    }
  }

  private complain(line: string): void {
    if (line !== this.complaint) this.log(line);
    this.complaint = line;
  }
}
