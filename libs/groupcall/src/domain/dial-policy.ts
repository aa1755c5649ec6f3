import type { Address } from '@groupcall/address';

/** Where calls may go at all; an empty list allows everything of its kind. */
export interface DialPolicy {
  /** What `tel` targets may begin with, in E.164: `+49`, `+1555`. */
  readonly telPrefixes: readonly string[];
  /** Hosts of `sip` targets, without a port: `pbx.example.com`, `*.example.com` (below it), `192.0.2.7`. */
  readonly sipHosts: readonly string[];
}

/**
 * Fills in what was not said.
 * @throws Error that names the option and what is allowed
 */
export function resolveDialPolicy(given: Partial<DialPolicy> = {}): DialPolicy {
  const { telPrefixes = [], sipHosts = [] } = given;
  for (const prefix of telPrefixes) {
    if (!/^\+\d{1,15}$/.test(prefix))
      throw new Error(
        `GroupcallModule: dialPolicy.telPrefixes has "${prefix}"; each must be + and 1 to 15 digits, like +49.`,
      );
  }
  for (const host of sipHosts) {
    if (!/^(\*\.)?[\w.:-]+$/.test(host))
      throw new Error(
        `GroupcallModule: dialPolicy.sipHosts has "${host}"; each must be a host without a port, like pbx.example.com or *.example.com.`,
      );
  }
  return { telPrefixes, sipHosts };
}

/** More than this in a message helps nobody. */
const MOST_NAMED = 10;

/**
 * Why this address must not be dialled, or null. Asked when a groupcall is created and again when the call is about to
 * be placed: what a directory answers, and what was stored before the policy, is not trusted more than a request.
 * @param address in stored form
 */
export function whyForbidden({ type, target }: Address, policy: DialPolicy): string | null {
  if (type === 'tel') {
    const { telPrefixes } = policy;
    if (telPrefixes.length === 0 || telPrefixes.some((prefix) => target.startsWith(prefix))) return null;
    return `may not be dialled here; allowed are numbers that begin with ${named(telPrefixes)}`;
  }
  if (type === 'sip') {
    const { sipHosts } = policy;
    if (sipHosts.length === 0 || sipHosts.some((pattern) => matches(hostOf(target), pattern))) return null;
    return `may not be dialled here; allowed are the hosts ${named(sipHosts)}`;
  }
  return null;
}

/** The host of a stored sip target, without port, parameters and brackets. */
function hostOf(target: string): string {
  const end = target.search(/[;?]/);
  const head = end < 0 ? target : target.slice(0, end);
  const host = head.slice(head.lastIndexOf('@') + 1).toLowerCase();
  const bracketed = /^\[([^\]]*)\]/.exec(host)?.[1];
  return (bracketed ?? host.replace(/:\d*$/, '')).replace(/\.$/, '');
}

function matches(host: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith('*.')
    ? host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1
    : host === wanted;
}

function named(list: readonly string[]): string {
  return list.length > MOST_NAMED
    ? `${list.slice(0, MOST_NAMED).join(', ')} and ${list.length - MOST_NAMED} more`
    : list.join(', ');
}
