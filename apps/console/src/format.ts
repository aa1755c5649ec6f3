import type { Address } from '@groupcall/address';
import { NIL_UUID, parseTimestamp } from '@groupcall/shared';

/** `0.4 s`, `12 s`, `3 min 05 s`, `5 min`, `2 h 10 min`. */
export function duration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 9_950) return `${(whole / 1_000).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return parts(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return parts(Math.floor(seconds / 3_600), 'h', Math.floor((seconds % 3_600) / 60), 'min');
}

const parts = (more: number, unit: string, less: number, lesser: string) =>
  less === 0 ? `${more} ${unit}` : `${more} ${unit} ${two(less)} ${lesser}`;

const two = (number: number) => String(number).padStart(2, '0');

/** `just now`, `42 s ago`, `3 min ago`, `5 h ago`, `2 d ago`. Steps are coarse: it is looked at, not measured with. */
export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds - (seconds % 5)} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** Date and time of day in the reader's own time zone, with milliseconds. */
export function absolute(tm: string): string {
  const ms = parseTimestamp(tm);
  if (ms === null) return 'not yet';
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${clockTime(ms)}`;
}

/** `14:03:21.402` in the reader's own time zone. */
export function clockTime(ms: number): string {
  const at = new Date(ms);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${time}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** The end of an id: it differs most there, while ids of one minute begin alike. */
export function shortId(id: string): string {
  return id === NIL_UUID ? '–' : `…${id.slice(-8)}`;
}

/** What a person calls this address. */
export function nameOf({ type, target, target_name, name }: Address): string {
  return name || target_name || target || type || 'nobody in particular';
}

/** What is dialled or looked up, when the name does not say it already. */
export function detailOf(address: Address): string {
  const { type, target } = address;
  if (target === '' || target === nameOf(address)) return type;
  return `${type} ${target}`;
}

/** `1 phone`, `3 phones`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
