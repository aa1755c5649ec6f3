import { splitSipTarget } from './sip-target.js';

/** SPEC 3: with one of these a dial string could grow a second leg or a header. */
const DIAL_STRING_SYNTAX = /["<>\\&,|{}]/;
/** Nearly every phone number. */
const ONLY_DIGITS = /^\+?[0-9]*$/;
/** `;` starts parameters and `%` an escape, whose digits normalisation would merge into the number. */
const PHONE_NUMBER_SYNTAX = /["<>\\&,|{};%]/;
/** None of these can stand in a URI unescaped; `&` may, between two headers. */
const SIP_TAIL_SYNTAX = /[\s"<>\\,|{}]/;
/** %00-%1F and %7F; C1 in UTF-8 (%C2%80-%C2%9F); C0 in the overlong UTF-8 that lax decoders take (%C0%80-%C0%9F). */
const ESCAPED_CONTROL = /%(?:[01][0-9a-f]|7f|c[02]%[89][0-9a-f])/i;
/** A digit of another script (fullwidth, Arabic-Indic): normalisation would drop it and ring somebody else. */
const FOREIGN_DIGIT = /(?![0-9])\p{Nd}/u;

/**
 * Says what a target contains that it must not, or null. For raw text as well as for the canonical form:
 * on raw text it has to run before normalisation, which drops what it looks for.
 */
export function findForbiddenCharacter(type: string, target: string): string | null {
  if (type === 'tel' || type === 'whatsapp') return inPhoneNumber(target);
  if (type === 'sip') return inSip(target);
  return null;
}

function inPhoneNumber(target: string): string | null {
  if (ONLY_DIGITS.test(target)) return null;
  if (PHONE_NUMBER_SYNTAX.test(target)) {
    return 'contains one of " < > \\ & , | { } ; % which a phone number must not: give one number with nothing behind it, for example +15551234567';
  }
  if (FOREIGN_DIGIT.test(target)) {
    return 'contains a digit that is not one of 0-9: write the number in ASCII digits, for example +15551234567';
  }
  return null;
}

function inSip(target: string): string | null {
  if (ESCAPED_CONTROL.test(target)) {
    return 'contains a percent-encoded control character (such as %0d, %0a or %00), which is never allowed: remove it';
  }
  const parts = splitSipTarget(target);
  if (parts && DIAL_STRING_SYNTAX.test(parts.user)) {
    return 'contains one of " < > \\ & , | { } in its user part: percent-encode or remove it, for example alice@example.com';
  }
  if (parts && SIP_TAIL_SYNTAX.test(parts.tail)) {
    return 'contains white space or one of " < > \\ , | { } in its parameters or headers: percent-encode it, for example alice@example.com;transport=tcp?Subject=a%20b';
  }
  return null;
}
