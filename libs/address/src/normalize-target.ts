import { isAddressType } from './address.js';
import { splitSipTarget } from './sip-target.js';

/** Why {@link normalizeTarget} gave a value back as it was. */
export type NormalizeError = 'not_normalizable' | 'unknown_type';

/** A target that is always safe to store, and null or the reason why it is still the original text. */
export interface NormalizedTarget {
  /** Canonical, or as it was. */
  target: string;
  /** Why it is as it was. */
  error: NormalizeError | null;
}

/**
 * The canonical form of a target (SPEC 3). Idempotent in value and error; a value with something in it is never
 * blanked, only white space alone becomes empty (email, sip). Says nothing about validity.
 *
 * A phone number loses every character that is not a digit: check raw text first, or use `prepareAddress`.
 */
export function normalizeTarget(type: string, target: string): NormalizedTarget {
  if (!isAddressType(type)) return { target, error: 'unknown_type' };
  switch (type) {
    case 'tel':
    case 'whatsapp':
      return normalizePhoneNumber(target);
    case 'email':
      return { target: target.trim().toLowerCase(), error: null };
    case 'sip':
      return { target: normalizeSip(target), error: null };
    default:
      return { target, error: null };
  }
}

const CANONICAL_NUMBER = /^\+?[0-9]+$/;

function normalizePhoneNumber(target: string): NormalizedTarget {
  // Nearly all of them.
  if (CANONICAL_NUMBER.test(target)) return { target, error: null };
  // ASCII digits only: the network knows no others. Without any digit ("anonymous") the text is kept as it came.
  const digits = target.replace(/[^0-9]/g, '');
  if (digits === '') return { target, error: 'not_normalizable' };
  return { target: target.trim().startsWith('+') ? `+${digits}` : digits, error: null };
}

function normalizeSip(target: string): string {
  const parts = splitSipTarget(target);
  if (!parts) return target.trim();
  // Only the host is case-insensitive (RFC 3261, 19.1.4).
  return `${parts.scheme}${parts.user}@${parts.host.toLowerCase()}${parts.tail}`;
}
