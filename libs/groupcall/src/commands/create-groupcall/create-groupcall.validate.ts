import { prepareAddress, toAddress, type Address } from '@groupcall/address';
import { isUuid, NIL_UUID } from '@groupcall/shared';
import { whyForbidden, type DialPolicy } from '../../domain/dial-policy.js';
import type { Destination } from '../../domain/destination.js';
import { invalidArgument, type FieldProblem } from '../../domain/groupcall-error.js';
import { ANSWER_METHODS, RING_METHODS, type AnswerMethod, type RingMethod } from '../../domain/status.js';
import type { TreeLimits } from '../../domain/turn.js';
import type { CreateGroupcallInput } from './create-groupcall.command.js';

export const DIAL_TIMEOUT = { min: 1_000, max: 600_000, default: 30_000 } as const;

/** A request that passed: normalised, defaults filled in. */
export interface GroupcallRequest {
  readonly customerId: string;
  readonly source: Address;
  readonly destinations: readonly Destination[];
  readonly ringMethod: RingMethod;
  readonly answerMethod: AnswerMethod;
  readonly flowId: string;
  readonly masterCallId: string;
  readonly dialTimeout: number;
}

const ADDRESS_KEYS = ['type', 'target', 'target_name', 'name', 'detail'];
const NESTED_KEYS = [...ADDRESS_KEYS, 'ring_method', 'dial_timeout', 'destinations'];
const RINGABLE_TYPES = ['tel', 'sip', 'agent', 'extension', 'groupcall'];

/**
 * Checks everything a request says and brings it into stored form. Nothing is trusted: commands also come from other
 * processes, where types are only a promise.
 * @param policy where calls may go; missing when that has been checked already
 * @throws GroupcallError INVALID_ARGUMENT naming every bad field by its path
 */
export function validateCreate(
  input: CreateGroupcallInput,
  limits: TreeLimits,
  policy?: DialPolicy,
): GroupcallRequest {
  const check = new RequestCheck(limits, policy);
  if (!isUuid(input.customerId) || input.customerId === NIL_UUID)
    check.problem('customer_id', 'must be a UUID');
  const request: GroupcallRequest = {
    customerId: String(input.customerId).toLowerCase(),
    source: input.source === undefined ? toAddress({}) : check.address('source', input.source, ADDRESS_KEYS),
    destinations: check.destinations('destinations', input.destinations, 1),
    ringMethod: check.ringMethod('ring_method', input.ringMethod),
    answerMethod: check.answerMethod('answer_method', input.answerMethod),
    flowId: check.id('flow_id', input.flowId),
    masterCallId: check.id('master_call_id', input.masterCallId),
    dialTimeout: check.dialTimeout('dial_timeout', input.dialTimeout) ?? DIAL_TIMEOUT.default,
  };
  check.counts();
  if (check.problems.length > 0) throw invalidArgument(check.problems);
  return request;
}

/** More problems than this help nobody. */
const MOST_PROBLEMS = 50;

class RequestCheck {
  readonly problems: FieldProblem[] = [];
  private total = 0;
  private legs = 0;

  constructor(
    private readonly limits: TreeLimits,
    private readonly policy?: DialPolicy,
  ) {}

  problem(field: string, message: string): void {
    // One thing wrong is told once: what follows from it helps nobody.
    if (this.problems.some((known) => known.field === field)) return;
    if (this.problems.length < MOST_PROBLEMS) this.problems.push({ field, message });
  }

  address(path: string, raw: unknown, keys: readonly string[]): Address {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      this.problem(path, 'must be an object like {"type":"tel","target":"+15551230000"}');
      return toAddress({});
    }
    for (const key of Object.keys(raw)) {
      if (!keys.includes(key))
        this.problem(`${path}.${printable(key)}`, `is not known here; allowed are ${keys.join(', ')}`);
    }
    const texts: Record<string, string> = {};
    for (const key of ADDRESS_KEYS) {
      const value: unknown = (raw as Record<string, unknown>)[key];
      if (value === undefined) continue;
      if (typeof value === 'string') texts[key] = value;
      else this.problem(`${path}.${key}`, 'must be a text');
    }
    const { address, problems } = prepareAddress(texts);
    for (const { field, message } of problems) this.problem(`${path}.${field}`, message);
    return address;
  }

  destinations(path: string, raw: unknown, level: number): Destination[] {
    if (!Array.isArray(raw) || raw.length === 0) {
      this.problem(path, 'must be a list with at least one destination');
      return [];
    }
    const { depth, destinations: most } = this.limits;
    if (depth > 0 && level > depth) {
      this.problem(path, `is nested ${level} levels deep; allowed are ${depth}`);
      return [];
    }
    this.total += raw.length;
    if (most > 0 && this.total > most) return [];
    return raw.map(
      (item: unknown, index) => this.plain(item) ?? this.destination(`${path}[${index}]`, item, level),
    );
  }

  /** Nearly every destination: no nested one, and nothing is wrong with it, so that nobody need know its path. Else null. */
  private plain(raw: unknown): Destination | null {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return null;
    for (const key of Object.keys(raw)) if (!ADDRESS_KEYS.includes(key)) return null;
    const { address, problems } = prepareAddress(raw);
    if (problems.length > 0 || address.type === 'groupcall' || !RINGABLE_TYPES.includes(address.type))
      return null;
    if (this.policy && whyForbidden(address, this.policy) !== null) return null;
    if (address.type === 'tel' || address.type === 'sip') this.legs += 1;
    return address;
  }

  private destination(path: string, raw: unknown, level: number): Destination {
    const isNested =
      typeof raw === 'object' && raw !== null && (raw as { type?: unknown }).type === 'groupcall';
    const address = this.address(path, raw, isNested ? NESTED_KEYS : ADDRESS_KEYS);
    if (!RINGABLE_TYPES.includes(address.type)) {
      this.problem(`${path}.type`, `cannot be rung; allowed are ${RINGABLE_TYPES.join(', ')}`);
    }
    const forbidden = this.policy && whyForbidden(address, this.policy);
    if (forbidden) this.problem(`${path}.target`, forbidden);
    if (address.type === 'tel' || address.type === 'sip') this.legs += 1;
    if (!isNested) return address;
    const nested = raw as { ring_method?: unknown; dial_timeout?: unknown; destinations?: unknown };
    const dialTimeout = this.dialTimeout(`${path}.dial_timeout`, nested.dial_timeout);
    return {
      ...address,
      ring_method: this.ringMethod(`${path}.ring_method`, nested.ring_method),
      ...(dialTimeout === undefined ? {} : { dial_timeout: dialTimeout }),
      destinations: this.destinations(`${path}.destinations`, nested.destinations, level + 1),
    };
  }

  counts(): void {
    const { destinations, legsPerTree } = this.limits;
    if (destinations > 0 && this.total > destinations) {
      this.problem('destinations', `are ${this.total}, nested ones included; allowed are ${destinations}`);
    }
    if (legsPerTree > 0 && this.legs > legsPerTree) {
      this.problem('destinations', `would place ${this.legs} calls; allowed are ${legsPerTree} in one tree`);
    }
  }

  ringMethod(path: string, value: unknown): RingMethod {
    if (value === undefined || value === '') return 'ring_all';
    if (RING_METHODS.includes(value as RingMethod)) return value as RingMethod;
    this.problem(path, `must be one of ${RING_METHODS.join(', ')}`);
    return 'ring_all';
  }

  answerMethod(path: string, value: unknown): AnswerMethod {
    if (value === undefined) return 'hangup_others';
    if (ANSWER_METHODS.includes(value as AnswerMethod)) return value as AnswerMethod;
    this.problem(path, 'must be hangup_others or "" (keep the first answer, leave the others alone)');
    return 'hangup_others';
  }

  id(path: string, value: unknown): string {
    if (value === undefined) return NIL_UUID;
    if (isUuid(value)) return value.toLowerCase();
    this.problem(path, 'must be a UUID');
    return NIL_UUID;
  }

  dialTimeout(path: string, value: unknown): number | undefined {
    if (value === undefined) return undefined;
    const { min, max } = DIAL_TIMEOUT;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    this.problem(path, `must be a whole number of milliseconds from ${min} to ${max}`);
    return undefined;
  }
}

/** A key is the sender's text: it goes into a message only as far as it is harmless. */
function printable(key: string): string {
  return key.replace(/[^\w-]/g, '?').slice(0, 40);
}
