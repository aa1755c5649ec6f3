import { InMemoryPeerHub, InMemoryPeerLink } from '../adapters/in-memory/in-memory-peer-link.js';
import { memberId, newRootId } from '../domain/member-id.js';
import { resolveOptions } from '../groupcall.options.js';
import { AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import { Peers } from './peers.js';
import { ProcessNumber } from './process-number.js';

const idOf = (maker: number, tree = 0) =>
  memberId(newRootId(1_764_000_000_000, maker, tree.toString(16).padStart(10, '0').padEnd(16, '0')), 3);

describe('Peers', () => {
  let agenda: Agenda;
  let passes: (text: string, from: string, to: string) => boolean;
  let hub: InMemoryPeerHub;
  const options = resolveOptions({ queue: { backend: 'redis', url: 'redis://none' } });

  beforeEach(() => {
    agenda = new Agenda(0);
    passes = () => true;
    hub = new InMemoryPeerHub(
      (work) => void agenda.after(1, work),
      (...letter) => passes(...letter),
    );
  });

  const start = (value: number, on = options) => {
    const link = new InMemoryPeerLink(hub);
    let drawn = 0;
    const number = Object.defineProperties(new ProcessNumber(), {
      value: { get: () => value + drawn },
      drawAgain: { value: () => (drawn += 1) },
    });
    const lost: string[] = [];
    const peers = new Peers(link, number, new AgendaTimers(agenda), on);
    peers.start({
      heard: () => undefined,
      ticked: () => undefined,
      lost: (address) => void lost.push(address),
    });
    return { link, number, peers, lost, whoseIs: (id: string) => peers.whoseIs(id)?.number };
  };
  const pass = (ms: number) => agenda.run(agenda.now + ms);

  it('know each other a moment after the start, and whose a tree is', async () => {
    const [one, two, three] = [start(1), start(2), start(3)];
    await pass(20);
    expect([one, two, three].map(({ whoseIs }) => [1, 2, 3].map((maker) => whoseIs(idOf(maker))))).toEqual([
      [undefined, 2, 3],
      [1, undefined, 3],
      [1, 2, undefined],
    ]);
    const late = start(4);
    await pass(20);
    expect([one.whoseIs(idOf(4)), late.whoseIs(idOf(1))]).toEqual([4, 1]);
  });

  it('forget at once who says goodbye, and who is silent after three seconds, not before', async () => {
    const [one, two, three] = [start(1), start(2), start(3)];
    await pass(20);
    await Promise.all([two.peers.stop(), pass(5)]);
    expect(one.peers.count).toBe(1);
    await three.link.stop();
    await pass(2_800);
    expect(one.peers.count).toBe(1);
    await pass(500);
    expect([one.peers.count, one.lost]).toEqual([0, ['a2', 'a3']]);
  });

  it('are never taken for gone while they are alive', async () => {
    const one = start(1);
    start(2);
    await pass(60_000);
    expect([one.peers.count, one.lost]).toEqual([1, []]);
  });

  it('are sent nothing while they do not hear us, or have no room', async () => {
    passes = (_text, _from, to) => to !== 'a2';
    const [one, two] = [start(1), start(2)];
    await pass(2_000);
    expect([one.peers.count, one.whoseIs(idOf(2)), two.peers.count]).toEqual([1, undefined, 0]);
    passes = () => true;
    await pass(2_000);
    expect([one.whoseIs(idOf(2)), two.whoseIs(idOf(1))]).toEqual([2, 1]);
    one.peers.setAway('a2');
    expect(one.whoseIs(idOf(2))).toBeUndefined();
    await pass(1_100);
    expect(one.whoseIs(idOf(2))).toBe(2);
  });

  it('draw another number when two have the same one', async () => {
    const [one, two] = [start(7), start(7)];
    await pass(50);
    expect(new Set([one.number.value, two.number.value])).toEqual(new Set([7, 8]));
    expect([one, two].map(({ peers }) => peers.count)).toEqual([1, 1]);
    expect([one.whoseIs(idOf(8)), one.whoseIs(idOf(7))]).toContain(two.number.value);
  });

  it('agree on one of them for the trees of a process that has gone, each for its share', async () => {
    const all = [start(1), start(2), start(3)];
    await pass(20);
    const shares = new Map<number, number>();
    for (let tree = 0; tree < 300; tree += 1) {
      const id = idOf(99, tree);
      const said = new Set(all.map(({ whoseIs, number }) => whoseIs(id) ?? number.value));
      expect(said.size).toBe(1);
      const [deputy] = said;
      shares.set(deputy, (shares.get(deputy) ?? 0) + 1);
    }
    expect(Math.min(...shares.values())).toBeGreaterThan(60);
    expect(shares.size).toBe(3);
  });

  it('say nothing about ids that somebody else has chosen', async () => {
    const one = start(1);
    start(2);
    await pass(20);
    expect(one.whoseIs('00000000-0000-4002-8000-000000000001')).toBeUndefined();
  });

  it('are new ones after their link was torn, and so are we', async () => {
    const [one, two] = [start(1), start(2)];
    await pass(20);
    two.link.tear();
    two.link.mend();
    expect(two.peers.count).toBe(0);
    await pass(20);
    expect([one.lost, one.peers.count, one.whoseIs(idOf(2)), two.whoseIs(idOf(1))]).toEqual([
      ['a2'],
      1,
      2,
      1,
    ]);
  });

  it('are nobody where they are switched off', async () => {
    const off = resolveOptions({ queue: options.queue, workers: { peers: false } });
    const [one, two] = [start(1), start(2, off)];
    await pass(5_000);
    expect([one.peers.count, two.peers.count]).toEqual([0, 0]);
    await Promise.all([two.peers.stop(), pass(10)]);
  });

  it.each([
    '',
    '[]',
    '7',
    '[7,["alive",3,[]]]',
    '["a9",["alive","3",[]]]',
    '["a9",["alive",3]]',
    '{"a":1}',
    '["a9",7,null]',
  ])('do not mind %j', async (text) => {
    const one = start(1);
    hub.join('commands1', { begun: () => undefined, ended: () => undefined, heard: () => undefined });
    hub.carry('a2', { to: 'a1', text });
    await pass(20);
    expect(one.peers.count).toBe(0);
  });
});
