import type { ConsoleAbout } from '@groupcall/api/console';
import { signal } from '@preact/signals';
import { api } from './api.js';

/** What this server can do; null until it has said so. */
export const about = signal<ConsoleAbout | null>(null);

/** ms until it is asked again. */
const AGAIN = 3_000;

export async function learnAbout(): Promise<void> {
  try {
    about.value = await api.about();
  } catch {
    setTimeout(() => void learnAbout(), AGAIN);
  }
}
