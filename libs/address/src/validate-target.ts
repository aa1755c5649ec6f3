import { isUuid, NIL_UUID } from '@groupcall/shared';
import emailAddresses from 'email-addresses';
import { isAddressType } from './address.js';
import { splitSipTarget } from './sip-target.js';

const PHONE_NUMBER = /^\+[0-9]{7,15}$/;
const SIP_HOST = /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?$/i;
const DASHLESS_UUID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i;
/** The longest line of RFC 5322: the recursive parser never sees more, so its stack and its time stay bounded. */
const MAX_EMAIL_LENGTH = 998;

/**
 * True when a canonical target has the shape of its type (SPEC 3). It neither normalises nor looks for characters
 * that are dangerous in a dial string: `checkAddress` and `prepareAddress` do.
 * @param targetName counts for an extension only, which may be named by either
 */
export function isValidTarget(type: string, target: string, targetName = ''): boolean {
  if (!isAddressType(type)) return false;
  switch (type) {
    case 'tel':
    case 'whatsapp':
      return PHONE_NUMBER.test(target);
    case 'sip':
      return isSipTarget(target);
    case 'email':
      return isEmail(target);
    case 'agent':
    case 'conference':
    case 'line':
    case 'webchat':
    case 'web_session':
      return uuidOfTarget(target) !== null;
    case 'extension':
      return targetName.trim() !== '' || target.trim() !== '';
    case 'groupcall':
    case '':
      // Nothing is dialled or looked up by these.
      return true;
    case 'ai':
    case 'ai_team':
      return false;
  }
}

/**
 * The canonical UUID (lower case, with dashes) that a target names, or null. Targets are stored as they were written,
 * so compare and look up by this: plain, without dashes, and `urn:uuid:` all name the same thing. The nil UUID means
 * "nothing" (SPEC 2) and names nothing.
 */
export function uuidOfTarget(target: string): string | null {
  const uuid = target
    .replace(DASHLESS_UUID, '$1-$2-$3-$4-$5')
    .replace(/^urn:uuid:/i, '')
    .toLowerCase();
  return isUuid(uuid) && uuid !== NIL_UUID ? uuid : null;
}

function isSipTarget(target: string): boolean {
  const parts = splitSipTarget(target);
  if (!parts || target !== target.trim()) return false;
  // A second @ reads as another host to whoever splits at the first; a user has it percent-encoded.
  if (!/^[^\s@:][^\s@]*$/.test(parts.user)) return false;
  const [isHost, port = '5060'] = SIP_HOST.exec(parts.host) ?? [];
  return isHost !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

function isEmail(target: string): boolean {
  if (target.length > MAX_EMAIL_LENGTH || !target.includes('@')) return false;
  // Strict leaves out the RFC's obsolete forms, which nobody may write and which cost the parser ten times the time.
  const parsed = emailAddresses.parseOneAddress({ input: target, strict: true, rfc6532: true });
  return parsed?.type === 'mailbox';
}
