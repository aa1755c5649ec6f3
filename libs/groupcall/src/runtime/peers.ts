import { Inject, Injectable } from '@nestjs/common';
import { makerOf } from '../domain/member-id.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { PeerLink } from '../ports/peer-link.port.js';
import { Timers } from '../ports/timers.port.js';
import { deputyFor } from './deputy.js';
import { LetterBox } from './letter-box.js';
import { PEER_TOPIC, readLetter, type PeerItem } from './peer-items.js';
import { ProcessNumber } from './process-number.js';
import { settledWithin } from './settled-within.js';
import { Ticker } from './ticker.js';

/** Another process that is alive, as far as is known. */
export interface Peer {
  readonly address: string;
  readonly number: number;
  /** Ticks since it was last heard. */
  readonly quiet: number;
}

interface Known extends Peer {
  number: number;
  quiet: number;
  hearsUs: boolean;
  /** Did not answer, or has too much to do: nothing for it until it says again that it is alive. */
  isAway: boolean;
}

/** Whoever speaks to peers. */
export interface PeersListener {
  heard(from: string, item: PeerItem): void;
  /** It has gone, or cannot be heard any more: no answer will come from there. */
  lost(address: string): void;
  ticked(): void;
}

/** Silence that is too long when an answer is due is so many ticks. */
export const PATIENCE = 5;
const BEAT = 2 * PATIENCE;
/** Silence after which a process counts as gone. */
const GONE = 6 * PATIENCE;
/** A letter has no room for more. Whoever is not named is not sent anything by us, and does not miss it. */
const MOST_NAMED = 300;

/**
 * Who else works on the same tables. Each says again and again that it is alive, its number, and whom it hears: a process
 * that does not hear us is none to send anything to. Time is counted in ticks of our own, so that no wrong clock and no
 * stop of this process makes others look dead.
 */
@Injectable()
export class Peers {
  private readonly byAddress = new Map<string, Known>();
  private readonly byNumber = new Map<number, Known>();
  private readonly box: LetterBox;
  private readonly ticker: Ticker;
  private listener: PeersListener | undefined;
  /** Our own; empty: we cannot be reached. */
  private address = '';
  private untilBeat = BEAT;
  private beatIsDue = false;
  private hasStarted = false;

  constructor(
    private readonly link: PeerLink,
    private readonly number: ProcessNumber,
    private readonly timers: Timers,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.box = new LetterBox(link, timers, () => this.address);
    const tick = Math.ceil(options.timings.peerPatience / PATIENCE);
    this.ticker = new Ticker(timers, tick, async () => this.tick());
  }

  /** How many there are. */
  get count(): number {
    return this.byAddress.size;
  }

  start(listener: PeersListener): void {
    if (!this.options.workers.peers) return;
    this.listener = listener;
    this.link.start(PEER_TOPIC, {
      begun: (address) => this.begin(address),
      ended: () => this.end(),
      heard: (text) => this.open(text),
    });
  }

  /** Says goodbye: from now on there is nobody. */
  async stop(): Promise<void> {
    this.forgetAll();
    this.listener = undefined;
    await this.ticker.stop();
    this.post(undefined, '["bye"]');
    await settledWithin(this.timers, this.box.emptied(), this.options.timings.peerPatience);
    this.address = '';
    await this.link.stop();
  }

  /**
   * The process in which a tree is to be worked on, if it is another one and something may be sent to it: the one that has
   * made it, or when that has gone, the one on which all that are left agree.
   * @param memberId of a leg or groupcall of the tree
   */
  whoseIs(memberId: string): Peer | undefined {
    // Somebody else's choice of an id says nothing.
    if (this.byAddress.size === 0 || memberId[14] !== '7') return undefined;
    const maker = makerOf(memberId);
    if (maker === this.number.value) return undefined;
    const peer =
      this.byNumber.get(maker) ??
      this.byNumber.get(deputyFor(memberId, this.number.value, this.byNumber.keys()));
    return peer?.hearsUs && !peer.isAway ? peer : undefined;
  }

  at(address: string): Peer | undefined {
    return this.byAddress.get(address);
  }

  /** @param item JSON */
  post(to: string | undefined, item: string): void {
    if (this.address !== '') this.box.post(to, item);
  }

  /** Sends it nothing until it says again that it is alive. */
  setAway(address: string): void {
    const peer = this.byAddress.get(address);
    if (peer) peer.isAway = true;
  }

  private begin(address: string): void {
    if (!this.listener) return;
    this.end();
    this.address = address;
    if (!this.hasStarted) this.ticker.start();
    this.hasStarted = true;
    this.beatSoon();
  }

  private end(): void {
    this.address = '';
    this.box.clear();
    this.forgetAll();
  }

  private forgetAll(): void {
    for (const peer of [...this.byAddress.values()]) this.forget(peer);
  }

  private forget(peer: Known): void {
    this.byAddress.delete(peer.address);
    if (this.byNumber.get(peer.number) === peer) this.byNumber.delete(peer.number);
    this.listener?.lost(peer.address);
  }

  private tick(): void {
    for (const peer of [...this.byAddress.values()]) {
      peer.quiet += 1;
      if (peer.quiet > GONE) this.forget(peer);
    }
    this.listener?.ticked();
    this.untilBeat -= 1;
    if (this.untilBeat <= 0) this.beatSoon();
  }

  private beatSoon(): void {
    if (this.beatIsDue) return;
    this.beatIsDue = true;
    this.timers.after(0, () => {
      this.beatIsDue = false;
      if (!this.listener) return;
      this.untilBeat = BEAT;
      const heard = [...this.byAddress.keys()].slice(0, MOST_NAMED);
      this.post(undefined, JSON.stringify(['alive', this.number.value, heard]));
    });
  }

  private open(text: string): void {
    const letter = this.listener ? readLetter(text) : null;
    if (!letter) return;
    const { from, items } = letter;
    const peer = this.byAddress.get(from);
    if (peer) peer.quiet = 0;
    for (const item of items) {
      if (item[0] === 'alive') this.meet(from, item[1], item[2]);
      else if (item[0] === 'bye') this.part(from);
      else this.listener?.heard(from, item);
    }
  }

  private part(from: string): void {
    const peer = this.byAddress.get(from);
    if (peer) this.forget(peer);
  }

  private meet(address: string, number: unknown, heard: unknown): void {
    if (typeof number !== 'number' || !Array.isArray(heard)) return;
    const known = this.byAddress.get(address);
    const before = this.byNumber.get(number);
    // The same process in a new session, or two with one number, of which one is about to draw again.
    if (before && before.address !== address) this.forget(before);
    if (known && known.number !== number) this.byNumber.delete(known.number);
    const hearsUs = heard.includes(this.address);
    const peer = known ?? { address, number, quiet: 0, hearsUs, isAway: false };
    Object.assign(peer, { number, hearsUs, isAway: false });
    this.byAddress.set(address, peer);
    this.byNumber.set(number, peer);
    const isOurs = number === this.number.value;
    if (isOurs && address < this.address) this.number.drawAgain();
    // Whoever is new shall not have to wait for the next beat, and must know that we hear him.
    if (!known || isOurs) this.beatSoon();
  }
}
