import { Injectable } from '@nestjs/common';
import { GroupcallError } from '../domain/groupcall-error.js';
import type { TreeCommand } from '../domain/tree-command.js';
import { NoTracer, Tracer } from '../ports/tracer.port.js';
import { doItem, readDo, subjectOf, type PeerItem } from './peer-items.js';
import { PATIENCE, Peers, type Peer } from './peers.js';
import { RuntimeMetrics } from './runtime-metrics.js';

/** What a peer has been asked for. */
interface Asked {
  /** The tick in which it was. */
  readonly at: number;
  readonly done: (result: unknown) => void;
  readonly here: () => void;
}

interface Talk {
  /** Waits for their answers, the oldest first. */
  readonly asked: Map<number, Asked>;
  /** Answers that wait for us. */
  owed: number;
  /** The tick in which something was last sent there. */
  sentAt: number;
}

/** Ticks after which an answer does not come any more, though its process is alive. */
const LOST = 10 * PATIENCE;
/** Whoever waits for us hears something within so many ticks. */
const REASSURANCE = 2;

/**
 * Affinity as an optimisation: a command about a tree that another living process has made is carried out there, where the
 * tree is in memory and its effects are executed. It decides nothing: what does not come back in time, or comes back as
 * anything but a result, is decided here as if there were no others, and the compare-and-set makes that safe.
 */
@Injectable()
export class CommandForwarder {
  private readonly talks = new Map<string, Talk>();
  private takeHere!: (command: TreeCommand) => Promise<unknown>;
  private number = 0;
  private tick = 0;

  constructor(
    private readonly peers: Peers,
    private readonly metrics: RuntimeMetrics,
    private readonly tracer: Tracer = new NoTracer(),
  ) {}

  /** @param takeHere carries a command out in this process, whoever has made its tree */
  start(takeHere: (command: TreeCommand) => Promise<unknown>): void {
    this.takeHere = takeHere;
    this.peers.start({
      heard: (from, item) => this.heard(from, item),
      lost: (address) => this.giveUp(address),
      ticked: () => this.ticked(),
    });
  }

  /** From now on everything is decided here, also what others have not answered. */
  stop(): Promise<void> {
    return this.peers.stop();
  }

  /** Who should carry a command out, if it is somebody else. */
  peerFor(command: TreeCommand): Peer | undefined {
    if (this.peers.count === 0) return undefined;
    const subject = subjectOf(command);
    return subject === undefined ? undefined : this.peers.whoseIs(subject);
  }

  /**
   * Either of the two is called, once.
   * @param done with the peer's result
   * @param here when it is to be decided here
   */
  forward(peer: Peer, command: TreeCommand, done: (result: unknown) => void, here: () => void): void {
    this.metrics.commandsForwarded += 1;
    if (!this.tracer.isOn) return this.ask(peer, command, done, here);
    void this.tracer.sending(
      command.type,
      (parent) =>
        new Promise<void>((over) => {
          const then =
            <A extends unknown[]>(work: (...of: A) => void) =>
            (...of: A) => {
              over();
              work(...of);
            };
          this.ask(peer, command, then(done), then(here), parent);
        }),
    );
  }

  private ask(
    { address }: Peer,
    command: TreeCommand,
    done: (result: unknown) => void,
    here: () => void,
    parent?: string,
  ): void {
    this.number += 1;
    this.talkWith(address).asked.set(this.number, { at: this.tick, done, here });
    this.post(address, doItem(this.number, command, parent));
  }

  private heard(from: string, item: PeerItem): void {
    const [kind, number] = item;
    if (kind === 'do') return this.carryOut(from, item);
    if (kind === 'busy') this.peers.setAway(from);
    if (kind === 'done') this.answered(from, number)?.done(item[2]);
    else if (kind === 'look' || kind === 'busy') this.answered(from, number)?.here();
  }

  private answered(from: string, number: number): Asked | undefined {
    const talk = this.talks.get(from);
    const asked = talk?.asked.get(number);
    talk?.asked.delete(number);
    return asked;
  }

  private carryOut(from: string, item: PeerItem & { 0: 'do' }): void {
    const [, number, , , parent] = item;
    const work = async () => this.takeHere(readDo(item));
    this.talkWith(from).owed += 1;
    (this.tracer.isOn ? this.tracer.received(parent, work) : work()).then(
      (result) => this.answer(from, replyTo(number, result)),
      (error: unknown) => this.answer(from, [cannot(error) ? 'busy' : 'look', number]),
    );
  }

  private answer(to: string, item: PeerItem): void {
    const talk = this.talks.get(to);
    if (talk) talk.owed -= 1;
    this.post(to, JSON.stringify(item));
  }

  private post(to: string, item: string): void {
    this.talkWith(to).sentAt = this.tick;
    this.peers.post(to, item);
  }

  private talkWith(address: string): Talk {
    let talk = this.talks.get(address);
    if (!talk) this.talks.set(address, (talk = { asked: new Map(), owed: 0, sentAt: this.tick }));
    return talk;
  }

  private ticked(): void {
    this.tick += 1;
    for (const [address, talk] of this.talks) {
      this.look(address, talk);
      const isOver = talk.owed === 0 && talk.asked.size === 0;
      if (isOver && !this.peers.at(address)) this.talks.delete(address);
      if (talk.owed > 0 && this.tick - talk.sentAt >= REASSURANCE) this.post(address, '["wait"]');
    }
  }

  /** Whether what was asked for there may still be answered. */
  private look(address: string, { asked }: Talk): void {
    for (const [number, { at, here }] of asked) {
      const age = this.tick - at;
      if (Math.min(age, this.peers.at(address)?.quiet ?? age) > PATIENCE) {
        this.peers.setAway(address);
        return this.giveUp(address);
      }
      if (age <= LOST) return;
      asked.delete(number);
      this.peers.setAway(address);
      this.metrics.forwardsGivenUp += 1;
      here();
    }
  }

  private giveUp(address: string): void {
    const { asked } = this.talks.get(address) ?? {};
    if (!asked) return;
    const all = [...asked.values()];
    asked.clear();
    this.metrics.forwardsGivenUp += all.length;
    for (const { here } of all) here();
  }
}

function replyTo(number: number, result: unknown): PeerItem {
  if (result === undefined) return ['done', number];
  // Resources hold phone numbers and can be large: their sender reads them himself.
  return typeof result === 'string' ? ['done', number, result] : ['look', number];
}

/** It is not the command. Any other refusal changes nothing, and its sender comes to the same one by himself. */
function cannot(error: unknown): boolean {
  return !(error instanceof GroupcallError) || error.reason === 'UNAVAILABLE';
}
