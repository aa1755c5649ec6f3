import { signal } from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

/** What has just been done or could not be; read out by screen readers, gone after a while. */
export const notices = signal<readonly Notice[]>([]);

const STAYS = { done: 4_000, failed: 10_000 };
let last = 0;

export function tell(kind: Notice['kind'], text: string): void {
  const id = (last += 1);
  notices.value = [...notices.value.slice(-2), { id, kind, text }];
  setTimeout(() => dismiss(id), STAYS[kind]);
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Does it, and says how it went. @returns whether it was done */
export async function attempt(work: () => Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work();
    tell('done', done);
    return true;
  } catch (error) {
    tell('failed', error instanceof Error ? error.message : String(error));
    return false;
  }
}
