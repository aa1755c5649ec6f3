import type { CreateGroupcallInput } from '../commands/create-groupcall/create-groupcall.command.js';
import { TestDirectory } from '../testing/kit/test-directory.js';
import { previewRing, type PreviewOptions } from './preview-ring.js';

const CUSTOMER = '00000000-0000-4000-8000-00000000c001';
const AGENT = '00000000-0000-4000-8000-00000000a001';
const tel = (n: number) => ({ type: 'tel' as const, target: `+1555000000${n}` });
const preview = (request: Omit<CreateGroupcallInput, 'customerId'>, options?: PreviewOptions) =>
  previewRing({ customerId: CUSTOMER, ...request }, options);

describe('previewRing', () => {
  it('tells when each phone would ring, and where it comes from', async () => {
    const directory = new TestDirectory().agent(AGENT, [tel(3), tel(4)]);
    const { rings, ...totals } = await preview(
      {
        ringMethod: 'linear',
        dialTimeout: 10_000,
        destinations: [
          tel(1),
          { type: 'groupcall', dial_timeout: 5_000, ring_method: 'linear', destinations: [tel(2), tel(5)] },
          { type: 'agent', target: AGENT },
        ],
      },
      { directory },
    );
    expect(rings.map(({ at, until, path, destination }) => [at, until, path, destination.target])).toEqual([
      [0, 10_000, 'destinations[0]', tel(1).target],
      [10_000, 15_000, 'destinations[1].destinations[0]', tel(2).target],
      [15_000, 20_000, 'destinations[1].destinations[1]', tel(5).target],
      [20_000, 30_000, 'destinations[2].contacts[0]', tel(3).target],
      [20_000, 30_000, 'destinations[2].contacts[1]', tel(4).target],
    ]);
    expect(totals).toEqual({ legs: 5, most_at_once: 2, longest: 30_000, warnings: [] });
  });

  it('names a single agent’s phones as that agent’s', async () => {
    const directory = new TestDirectory().agent(AGENT, [tel(3)]);
    const { rings } = await preview({ destinations: [{ type: 'agent', target: AGENT }] }, { directory });
    expect(rings.map(({ path }) => path)).toEqual(['destinations[0].contacts[0]']);
  });

  it('warns of what the directory does not know or does not answer', async () => {
    const unknown = await preview({ destinations: [tel(1), { type: 'extension', target: 'sales' }] });
    expect(unknown.warnings).toEqual([
      { kind: 'unresolvable', path: 'destinations[1]', message: expect.stringContaining('no directory') },
    ]);
    const directory = { resolve: () => Promise.reject(new Error('down')) };
    const down = await preview(
      { destinations: [tel(1), { type: 'extension', target: 'sales' }] },
      { directory },
    );
    expect(down.warnings[0].message).toContain('down');
    expect(down.legs).toBe(1);
  });

  it('warns when nothing rings, when a phone rings twice at once, and when it rings too long', async () => {
    const silent = await preview({ destinations: [{ type: 'extension', target: 'sales' }] });
    expect(silent.warnings.map(({ kind }) => kind)).toContain('silent');
    const twice = await preview({ destinations: [tel(1), tel(2), tel(1)] });
    expect(twice.warnings).toEqual([
      { kind: 'duplicate', path: 'destinations[2]', message: expect.stringContaining('destinations[0]') },
    ]);
    const again = await preview({ ringMethod: 'linear', destinations: [tel(1), tel(1)] });
    expect(again.warnings).toEqual([]);
    const long = await preview({ ringMethod: 'linear', destinations: [1, 2, 3, 4, 5, 6, 7].map(tel) });
    expect(long.warnings.map(({ kind, path }) => [kind, path])).toEqual([['long', '']]);
  });

  it('warns of where calls may not go', async () => {
    const directory = new TestDirectory().extension('sales', ['anna@elsewhere.example']);
    const dialPolicy = { sipHosts: ['pbx.example.com'] };
    const { warnings, legs } = await preview(
      { destinations: [tel(1), { type: 'extension', target: 'sales' }] },
      { directory, dialPolicy },
    );
    expect(legs).toBe(1);
    expect(warnings).toEqual([
      expect.objectContaining({ kind: 'not_dialable', path: 'destinations[1].contacts[0]' }),
    ]);
  });

  it('says what a request would be refused for instead', async () => {
    const nested = {
      type: 'groupcall' as const,
      destinations: [{ type: 'groupcall' as const, destinations: [tel(1)] }],
    };
    const { rings, warnings } = await preview(
      { destinations: [nested, { type: 'tel', target: '12' }] },
      { limits: { depth: 2 } },
    );
    expect(rings).toEqual([]);
    expect(warnings.map(({ kind, path }) => [kind, path])).toEqual([
      ['refused', 'destinations[0].destinations[0].destinations'],
      ['refused', 'destinations[1].target'],
    ]);
  });
});
