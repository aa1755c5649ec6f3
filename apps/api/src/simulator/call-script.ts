import type { Address } from '@groupcall/address';

/** What the far end of a simulated call does by itself. All durations ms, counted from the dial unless said otherwise. */
export type CallScript =
  | { readonly does: 'refuse' }
  | { readonly does: 'ring'; readonly answersOnCancel: boolean }
  /** `talk`: how long after the answer the far end hangs up; null = never. */
  | { readonly does: 'answer'; readonly after: number; readonly talk: number | null }
  | { readonly does: 'end'; readonly after: number; readonly reason: 'busy' | 'rejected' };

const RING: CallScript = { does: 'ring', answersOnCancel: false };
/** Parameters and headers behind the host are for the network, not for the script. */
const AT_SIM = /^(?:sips?:)?([^@]+)@sim(?::\d+)?(?:[;?].*)?$/;
const TIME = '(\\d{1,8}(?:ms|s))';
const ANSWER = new RegExp(`^answer(?:-after-${TIME})?(?:-hangup-after-${TIME})?$`);
const END = new RegExp(`^(busy|reject)(?:-after-${TIME})?$`);

/**
 * Reads the script out of the user part of a `sip` target at host `sim` (SPEC 6, *Simulated gateway*): `answer`,
 * `answer-after-2s`, `answer-hangup-after-500ms`, `answer-after-2s-hangup-after-5s`, `busy`, `busy-after-1s`, `reject`,
 * `reject-after-1s`, `noanswer`, `ring`, `fail`, `answer-on-cancel`. Everything else just rings.
 */
export function callScriptOf(to: Pick<Address, 'type' | 'target'>): CallScript {
  const user = to.type === 'sip' ? AT_SIM.exec(to.target)?.[1] : undefined;
  if (user === undefined) return RING;
  if (user === 'fail') return { does: 'refuse' };
  if (user === 'answer-on-cancel') return { does: 'ring', answersOnCancel: true };
  const answer = ANSWER.exec(user);
  if (answer) return { does: 'answer', after: toMs(answer[1]) ?? 0, talk: toMs(answer[2]) };
  const end = END.exec(user);
  if (end) return { does: 'end', after: toMs(end[2]) ?? 0, reason: end[1] === 'busy' ? 'busy' : 'rejected' };
  return RING;
}

function toMs(time: string | undefined): number | null {
  if (time === undefined) return null;
  return Number.parseInt(time, 10) * (time.endsWith('ms') ? 1 : 1_000);
}
