/// <reference types="jest" />
import type { PeerLink, PeerListener } from '../../ports/peer-link.port.js';

/** Where links meet. */
export interface PeerLinkEnvironment {
  /** One more link, as another process on the same tables has it; not started. */
  create(): PeerLink;
  /** One of a process on other tables of the same database. */
  createElsewhere(): PeerLink;
  /** Breaks what this link has: it notices, and is there again by itself. */
  tear(link: PeerLink): Promise<void>;
  close(): Promise<void>;
}

/** What one process hears, and where it can be reached. */
class Ear implements PeerListener {
  readonly all: string[] = [];
  readonly addresses: string[] = [];
  private waiting: (() => void)[] = [];

  constructor(readonly link: PeerLink) {}

  /** The latest. */
  get address(): string {
    return this.addresses.at(-1)!;
  }

  begun(address: string): void {
    this.addresses.push(address);
    this.tell();
  }

  ended(): void {
    this.all.push('(ended)');
    this.tell();
  }

  heard(text: string): void {
    this.all.push(text);
    this.tell();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  untilHeard(text: string): Promise<void> {
    return this.until(() => this.all.includes(text));
  }

  private tell(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}

/** What every {@link PeerLink} keeps that knows anybody at all. */
export function describePeerLinkContract(
  name: string,
  makeEnvironment: () => Promise<PeerLinkEnvironment>,
): void {
  describe(`${name} keeps the contract of a link between processes:`, () => {
    let environment: PeerLinkEnvironment;
    const made: PeerLink[] = [];

    beforeAll(async () => {
      environment = await makeEnvironment();
    });
    afterEach(async () => {
      await Promise.all(made.splice(0).map((link) => link.stop()));
    });
    afterAll(() => environment.close());

    const begun = async (link = environment.create(), topic = 'one'): Promise<Ear> => {
      made.push(link);
      const ear = new Ear(link);
      link.start(topic, ear);
      await ear.until(() => ear.addresses.length > 0);
      return ear;
    };

    it('takes to everybody else what is for everybody, and to one what is for him', async () => {
      const [me, anna, bob] = [await begun(), await begun(), await begun()];
      await me.link.send([
        { to: undefined, text: 'all' },
        { to: anna.address, text: 'anna' },
        { to: bob.address, text: 'bob' },
        { to: undefined, text: 'end' },
      ]);
      await anna.link.send([{ to: me.address, text: 'back' }]);
      await Promise.all([anna.untilHeard('end'), bob.untilHeard('end'), me.untilHeard('back')]);
      expect([me.all, anna.all, bob.all]).toEqual([['back'], ['all', 'anna', 'end'], ['all', 'bob', 'end']]);
      expect(new Set([me.address, anna.address, bob.address]).size).toBe(3);
    });

    it('keeps the order of what one sends to another, however it is put together', async () => {
      const [me, anna] = [await begun(), await begun()];
      const texts = Array.from({ length: 60 }, (_, index) => `text ${index}`);
      for (let at = 0; at < texts.length; at += 7)
        void me.link.send(texts.slice(at, at + 7).map((text) => ({ to: anna.address, text })));
      await anna.untilHeard(texts.at(-1)!);
      expect(anna.all).toEqual(texts);
    });

    it('changes nothing, up to its largest letter', async () => {
      const [me, anna] = [await begun(), await begun()];
      const odd = `"'\\ ; -- \u00e9\u{1f4de}\n`;
      const long = odd + 'x'.repeat(me.link.mostBytes - Buffer.byteLength(odd));
      await me.link.send([{ to: anna.address, text: long }]);
      await anna.untilHeard(long);
    });

    it('knows nobody who works elsewhere or speaks of something else', async () => {
      const [me, anna] = [await begun(), await begun()];
      const stranger = await begun(environment.createElsewhere());
      const other = await begun(environment.create(), 'two');
      for (const { link } of [stranger, other])
        await link.send([
          { to: undefined, text: 'not for you' },
          { to: anna.address, text: 'nor this' },
        ]);
      await me.link.send([{ to: undefined, text: 'end' }]);
      await anna.untilHeard('end');
      expect(anna.all).toEqual(['end']);
      expect([...stranger.all, ...other.all]).toEqual([]);
    });

    it('is another one after it was torn: it says so, and what is for the old address is lost', async () => {
      const [me, anna] = [await begun(), await begun()];
      const { address } = anna;
      await environment.tear(anna.link);
      await anna.until(() => anna.addresses.length === 2);
      expect(anna.all).toEqual(['(ended)']);
      expect(anna.address).not.toBe(address);
      await me.link.send([
        { to: address, text: 'too late' },
        { to: anna.address, text: 'here' },
      ]);
      await anna.untilHeard('here');
      expect(anna.all).toEqual(['(ended)', 'here']);
    });

    it('hears nothing once it has been stopped, and loses what it is given then', async () => {
      const [me, anna, bob] = [await begun(), await begun(), await begun()];
      await anna.link.stop();
      const { length } = anna.all;
      await me.link.send([{ to: undefined, text: 'end' }]);
      await anna.link.send([{ to: bob.address, text: 'from the other side' }]);
      await bob.untilHeard('end');
      await anna.link.stop();
      expect(anna.all.slice(length)).toEqual([]);
      expect(bob.all).toEqual(['end']);
    });

    it('can be stopped before it has begun, and loses what it is given before', async () => {
      const link = environment.create();
      await link.send([{ to: undefined, text: 'nobody' }]);
      link.start('one', new Ear(link));
      await link.stop();
      await environment.create().stop();
    });
  });
}
