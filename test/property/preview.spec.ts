import {
  GroupcallError,
  previewRing,
  type CreateGroupcallInput,
  type DestinationInput,
  type RingPreview,
} from '@groupcall/groupcall';
import { GroupcallTestKit, TEST_CUSTOMER, TestDirectory } from '@groupcall/groupcall/testing';
import * as fc from 'fast-check';

const AGENTS = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000a00${n}`);
const number = (n: number) => ({ type: 'tel' as const, target: `+155500000${10 + n}` });

/** Agents with phones, one with another agent, one who calls himself; an extension that everybody knows. */
const directory = new TestDirectory()
  .agent(AGENTS[0], [number(50), number(51)], 'linear')
  .agent(AGENTS[1], [{ type: 'agent', target: AGENTS[0] }, number(52)])
  .agent(AGENTS[2], [{ type: 'agent', target: AGENTS[2] }])
  .extension('sales', ['anna@example.com', 'bob@example.com']);

const ringMethod = fc.constantFrom('ring_all' as const, 'linear' as const);
const dialTimeout = fc.constantFrom(undefined, 1_000, 2_500, 20_000);
const { destination } = fc.letrec<{ destination: DestinationInput }>((tie) => ({
  destination: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.nat(40).map(number),
    fc.constantFrom('x@example.com', 'y@example.com').map((target) => ({ type: 'sip' as const, target })),
    fc.constantFrom(...AGENTS).map((target) => ({ type: 'agent' as const, target })),
    fc.constantFrom('sales', 'nobody').map((target) => ({ type: 'extension' as const, target })),
    fc.record({
      type: fc.constant('groupcall' as const),
      ring_method: ringMethod,
      dial_timeout: dialTimeout,
      destinations: fc.array(tie('destination'), { minLength: 1, maxLength: 4 }),
    }) as fc.Arbitrary<DestinationInput>,
  ),
}));
const request: fc.Arbitrary<CreateGroupcallInput> = fc.record({
  customerId: fc.constant(TEST_CUSTOMER),
  ringMethod,
  dialTimeout,
  answerMethod: fc.constantFrom('hangup_others', ''),
  destinations: fc.array(destination, { minLength: 1, maxLength: 5 }),
});
const LIMITS = { legsPerTree: 12, depth: 3 };

/** The same request in the running engine, with phones that nobody answers. */
async function really(input: CreateGroupcallInput) {
  const kit = await GroupcallTestKit.start({
    resolver: directory,
    limits: LIMITS,
    timings: { reconcileInterval: 3_600_000, sweepInterval: 3_600_000, relayInterval: 3_600_000 },
  });
  const { now } = kit;
  const { id } = await kit.create(input);
  let longest = 0;
  while ((await kit.groupcall(id)).status !== 'hangup') {
    await kit.advance(500);
    longest = kit.elapsed;
  }
  const legs = await kit.legs(id);
  await kit.stop();
  const rings = kit.gateway.calls.map(({ order, placedAt, endedAt }) => ({
    at: placedAt - now,
    until: endedAt! - now,
    to: order.to.target,
  }));
  return { rings, longest, legs: legs.length };
}

const timesOf = ({ rings }: RingPreview) =>
  rings.map(({ at, until, destination: { target } }) => ({ at, until, to: target }));
const inOrder = (rings: { at: number; until: number; to: string }[]) =>
  rings.map((ring) => `${ring.at}-${ring.until} ${ring.to}`).sort();

describe('The preview of a ring', () => {
  it('says exactly what the running engine then does, or that it would refuse', async () => {
    let rung = 0;
    await fc.assert(
      fc.asyncProperty(request, async (input) => {
        const preview = await previewRing(input, { directory, limits: LIMITS });
        let real: Awaited<ReturnType<typeof really>>;
        try {
          real = await really(input);
        } catch (error) {
          if (!(error instanceof GroupcallError)) throw error;
          const refused = error.details.map(({ field, message }) => ({
            kind: 'refused',
            path: field,
            message,
          }));
          expect(preview.warnings).toEqual(refused);
          return;
        }
        rung += real.rings.length;
        expect(inOrder(timesOf(preview))).toEqual(inOrder(real.rings));
        expect(preview.legs).toBe(real.rings.length);
        // The engine is looked at every half second.
        expect(real.longest - preview.longest).toBeGreaterThanOrEqual(0);
        expect(real.longest - preview.longest).toBeLessThanOrEqual(500);
      }),
      { numRuns: Number(process.env.PREVIEW_RUNS ?? 300) },
    );
    expect(rung).toBeGreaterThan(300);
  }, 120_000);
});
