import type { Random } from '../random.js';

/** What the judge's own service suffers from. `lost_request`: nothing done, no reply. `lost_reply`: done, no reply. */
export type Mood = 'well' | 'slow' | 'error' | 'lost_request' | 'lost_reply';

export interface Suffering {
  readonly mood: Mood;
  /** How many of the requests it hits, 0 to 1. */
  readonly share: number;
}

/** Moods by account: one account's bad day is not another's. */
export class Moods {
  private readonly moods = new Map<string, Suffering>();

  constructor(private readonly random: Random) {}

  set(account: string, suffering: Suffering): void {
    this.moods.set(account, suffering);
  }

  /** The mood that the next request of the account meets. */
  next(account: string): Mood {
    const { mood, share } = this.moods.get(account) ?? { mood: 'well', share: 0 };
    return this.random.chance(share) ? mood : 'well';
  }
}
