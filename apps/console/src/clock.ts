import { parseTimestamp } from '@groupcall/shared';
import { signal } from '@preact/signals';

/** Server's clock minus ours, ms. */
let offset = 0;
const serverNow = () => Date.now() + offset;

/** The server's time, epoch ms; moves once a second. */
export const second = signal(serverNow());
/** The same, ten times a second: only for what grows before somebody's eyes. */
export const moment = signal(serverNow());

/** Every answer says what time it is there: the reader's clock may be wrong. */
export function learnTime(now: string): void {
  const at = parseTimestamp(now);
  if (at === null) return;
  offset = at - Date.now();
  moment.value = at;
}

export function startClock(): void {
  setInterval(() => (second.value = serverNow()), 1_000);
  setInterval(() => {
    if (!document.hidden) moment.value = serverNow();
  }, 100);
}
