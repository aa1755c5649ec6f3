import type { CreateGroupcallInput, DestinationInput } from '../../libs/groupcall/src/index.js';
import { memberId } from '../../libs/groupcall/src/domain/member-id.js';
import {
  codeOf,
  HANGUP_BY_CODES,
  HANGUP_REASON_CODES,
  LEG_STATUS_CODES,
  type LegEntry,
} from '../../libs/groupcall/src/adapters/typeorm/postgres/member-entries.js';

const status = (word: (typeof LEG_STATUS_CODES)[number]) => codeOf(LEG_STATUS_CODES, word);
const DIALING = status('dialing');
const PROGRESSING = status('progressing');
const HANGINGUP = status('hangingup');
const ENDED = status('hangup');
const NORMAL = codeOf(HANGUP_REASON_CODES, 'normal');
export const ANSWERED_ELSEWHERE = codeOf(HANGUP_REASON_CODES, 'answered_elsewhere');
const LOCAL = codeOf(HANGUP_BY_CODES, 'local');
const REMOTE = codeOf(HANGUP_BY_CODES, 'remote');
/** Places in an entry. */
const [STATUS, REASON, BY, TM_DIAL, TM_ANSWER, TM_HANGUP, DEADLINE] = [2, 3, 4, 6, 8, 9, 10] as const;

/** What a tree can be told; `leg` is a member's number. */
export type BareCommand = (
  { readonly kind: 'create' } | { readonly kind: 'placed' | 'answer' | 'ended'; readonly leg: number }
) & { readonly done?: () => void };

/** Which legs a turn has dialled or hung up. */
export interface BareEffects {
  readonly kind: 'dial' | 'hangup';
  readonly legs: readonly number[];
}

/** A ring_all groupcall with as much of it as this one life needs. Changed in place: a commit that fails is the end. */
export class BareTree {
  readonly waiting: BareCommand[] = [];
  isBusy = false;
  version = 0;
  eventSequence = 0;
  winner = 0;
  live = 0;
  liveBefore = 0;
  hasEnded = false;
  members = '';
  effects: BareEffects | null = null;
  /** Versions whose effects are, or were, in our own hands. */
  readonly held: number[] = [];
  readonly tmCreate = Date.now();
  private readonly legs: LegEntry[] = [];
  private slots = '';

  /** Of the source. */
  readonly name: string;
  readonly source: object;
  readonly destinations: readonly object[];
  readonly dialTimeout: number;

  constructor(
    readonly rootId: string,
    { source, destinations, dialTimeout = 0 }: CreateGroupcallInput,
  ) {
    this.source = whole(source ?? {});
    this.name = source?.name ?? '';
    this.destinations = destinations.map(whole);
    this.dialTimeout = dialTimeout;
  }

  legId(number: number): string {
    return memberId(this.rootId, number);
  }

  /** Decides everything that waits. @returns whose commands those were */
  turn(now: number): BareCommand[] {
    const commands = this.waiting.splice(0);
    const at = now - this.tmCreate;
    this.liveBefore = this.live;
    this.effects = null;
    for (const command of commands) {
      if (command.kind === 'create') this.create();
      else if (command.kind === 'placed') this.placed(this.legs[command.leg - 1], at);
      else if (command.kind === 'answer') this.answered(command.leg, at);
      else this.ended(this.legs[command.leg - 1], at);
    }
    this.members = this.membersText(at);
    return commands;
  }

  private create(): void {
    const { length } = this.destinations;
    const numbers = Array.from({ length }, (_, index) => index + 1);
    for (let index = 0; index < length; index += 1)
      this.legs.push([0, index, 0, 0, 0, 0, null, null, null, null, this.dialTimeout]);
    this.slots = numbers.join(',');
    this.live = numbers.length;
    this.eventSequence += 1;
    this.effects = { kind: 'dial', legs: numbers };
  }

  private placed(leg: LegEntry, at: number): void {
    if (leg[STATUS] >= DIALING) return;
    leg[STATUS] = DIALING;
    leg[TM_DIAL] = at;
    leg[DEADLINE] = at + this.dialTimeout;
    this.eventSequence += 1;
  }

  private answered(number: number, at: number): void {
    if (this.winner !== 0) return;
    this.winner = number;
    this.eventSequence += 1;
    const losers: number[] = [];
    this.legs.forEach((leg, index) => {
      if (index + 1 === number) {
        // Whoever answers has been dialled, whether we have heard of that or not.
        this.placed(leg, at);
        leg[STATUS] = PROGRESSING;
        leg[TM_ANSWER] = at;
      } else if (leg[STATUS] < PROGRESSING) {
        leg[STATUS] = HANGINGUP;
        leg[REASON] = ANSWERED_ELSEWHERE;
        leg[BY] = LOCAL;
        losers.push(index + 1);
      }
    });
    if (losers.length > 0) this.effects = { kind: 'hangup', legs: losers };
  }

  private ended(leg: LegEntry, at: number): void {
    if (leg[STATUS] === ENDED) return;
    leg[STATUS] = ENDED;
    leg[REASON] ||= NORMAL;
    leg[BY] ||= REMOTE;
    leg[TM_HANGUP] = at;
    this.live -= 1;
    this.eventSequence += 1;
    if (this.live > 0) return;
    this.hasEnded = true;
    this.eventSequence += 1;
  }

  /** As the engine writes them: neighbours that are alike once. */
  private membersText(at: number): string {
    let text = `[[-1,[${this.slots}],${this.winner},0,${this.live},0,0,${at}]`;
    let last: LegEntry | undefined;
    let rest = '';
    for (const leg of this.legs) {
      if (last === undefined || !isAlike(leg, last)) rest = JSON.stringify(leg.slice(STATUS)).slice(1);
      last = leg;
      text += `,[0,${leg[1]},${rest}`;
    }
    return `${text}]`;
  }
}

/** An address as it is stored: with everything that it does not say. */
function whole({ type, target, name }: DestinationInput): object {
  return { type, target, target_name: '', name: name ?? '', detail: '' };
}

function isAlike(a: LegEntry, b: LegEntry): boolean {
  return (
    a[STATUS] === b[STATUS] &&
    a[REASON] === b[REASON] &&
    a[TM_DIAL] === b[TM_DIAL] &&
    a[TM_ANSWER] === b[TM_ANSWER] &&
    a[TM_HANGUP] === b[TM_HANGUP]
  );
}
