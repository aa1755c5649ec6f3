import type { Exit } from './lab-server.js';

/**
 * What one process has been told to end of. Several things can be meant at once: a process that is armed to die at a
 * failpoint may be asked to shut down before it gets there, or the other way round, and either end is then what was wanted.
 */
export class Doom {
  private readonly wanted = new Set<'kill' | 'failpoint' | 'stop'>();

  kill(): void {
    this.wanted.add('kill');
  }

  killAtFailpoint(): void {
    this.wanted.add('failpoint');
  }

  stop(): void {
    this.wanted.add('stop');
  }

  /** @returns which of our wishes ended it, `null` for none: it died by itself */
  causeOf({ signal }: Exit): 'kill' | 'failpoint' | 'stop' | null {
    if (signal === 'SIGKILL' && this.wanted.has('kill')) return 'kill';
    if (signal === 'SIGKILL' && this.wanted.has('failpoint')) return 'failpoint';
    return this.wanted.has('stop') ? 'stop' : null;
  }
}
