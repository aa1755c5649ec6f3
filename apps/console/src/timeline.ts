import type { ConsoleTree } from '@groupcall/api/console';
import type { LegResource } from '@groupcall/groupcall/resources';
import { parseTimestamp } from '@groupcall/shared';
import { duration } from './format.js';

export type SegmentKind = 'planned' | 'dialling' | 'ringing' | 'talking' | 'ending';

/** A part of a leg's life. Moments are epoch ms. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly from: number;
  readonly to: number;
}

/** The time that is shown: from the creation of the root to a round number behind the end, or behind now. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** ms between two marks. */
  readonly step: number;
}

const STEPS = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];
const MOST_MARKS = 8;

/** @param now epoch ms: a living tree is shown up to here */
export function spanOf(tree: ConsoleTree, now: number): Span {
  const root = tree.groupcalls[0].groupcall;
  const from = parseTimestamp(root.tm_create) ?? now;
  const ends = tree.legs.flatMap((leg) => parseTimestamp(leg.tm_hangup) ?? []);
  const last = tree.phase === 'ended' ? Math.max(from, ...ends) : Math.max(now, ...ends);
  // Room for a growing bar, in leaps: a scale that moves all the time cannot be read.
  const length = Math.max(1_000, (last - from) * 1.04);
  const step =
    STEPS.find((one) => length / one <= MOST_MARKS) ?? Math.ceil(length / MOST_MARKS / 3_600_000) * 3_600_000;
  return { from, to: from + Math.ceil(length / step) * step, step };
}

/** Where the marks are, and what stands beside them. */
export function marksOf({ from, to, step }: Span): { at: number; label: string }[] {
  const marks = [];
  for (let at = from; at <= to; at += step) marks.push({ at, label: at === from ? '0' : label(at - from) });
  return marks;
}

function label(ms: number): string {
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 1_000);
  return seconds === 0 ? `${minutes} min` : `${minutes}:${String(seconds).padStart(2, '0')}`;
}

/** A moment as a share of the span, in per cent, cut off at its ends. */
export function placeOf(at: number, { from, to }: Span): number {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
}

/** The life of a leg in parts, in order, none of them empty. @param now epoch ms: what has not ended goes on until here */
export function segmentsOf(tree: ConsoleTree, leg: LegResource, now: number): Segment[] {
  const moment = (tm: string) => parseTimestamp(tm);
  const end = moment(leg.tm_hangup) ?? Math.max(now, moment(leg.tm_create) ?? now);
  const hungUp = leg.status === 'hangingup' || leg.status === 'hangup' ? hangupOrder(tree, leg) : null;
  const starts: [SegmentKind, number | null][] = [
    ['planned', moment(leg.tm_create)],
    ['dialling', moment(leg.tm_dial)],
    ['ringing', moment(leg.tm_ringing)],
    ['talking', moment(leg.tm_answer)],
    ['ending', hungUp],
  ];
  const known = starts.flatMap(([kind, from]) =>
    from === null ? [] : [{ kind, from: Math.min(from, end) }],
  );
  return known
    .map(({ kind, from }, index) => ({ kind, from, to: Math.max(from, known[index + 1]?.from ?? end) }))
    .filter(({ from, to }) => to > from);
}

/** When we began to hang this leg up, as far as the tree tells. */
function hangupOrder(tree: ConsoleTree, leg: LegResource): number | null {
  if (leg.hangup_by === 'remote') return null;
  if (leg.hangup_reason === 'dialout') return parseTimestamp(leg.dial_deadline);
  if (leg.hangup_reason !== 'answered_elsewhere' || leg.tm_answer < leg.tm_hangup) return null;
  const winner = tree.legs.find(({ id }) => id === tree.winner_call_id);
  return winner ? parseTimestamp(winner.tm_answer) : null;
}

const SEGMENT_WORDS: Record<SegmentKind, string> = {
  planned: 'waited',
  dialling: 'dialled',
  ringing: 'rang',
  talking: 'talked',
  ending: 'was being hung up',
};

/** The bar in words, for whoever cannot see it. */
export function describe(segments: readonly Segment[], start: number): string {
  if (segments.length === 0) return 'no time at all';
  const parts = segments.map(({ kind, from, to }) => `${SEGMENT_WORDS[kind]} for ${duration(to - from)}`);
  return `from ${duration(segments[0].from - start)} after the start: ${parts.join(', ')}`;
}
