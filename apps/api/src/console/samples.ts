import type { CreateGroupcallInput, DestinationInput } from '@groupcall/groupcall';
import type { ConsoleSample } from './console.resources.js';

interface Sample extends ConsoleSample {
  readonly input: Omit<CreateGroupcallInput, 'customerId'>;
}

const phone = (name: string, script: string): DestinationInput => ({
  type: 'sip',
  target: `${script}@sim`,
  name,
});
const SOURCE = { type: 'tel', target: '+15550100', name: 'A caller' } as const;

/** Groupcalls that show what there is to see, on simulated phones. */
export const SAMPLES: readonly Sample[] = [
  {
    name: 'race',
    title: 'Everybody rings, one wins',
    description: 'Five phones at once; the third answers after four seconds and talks for ten.',
    input: {
      source: SOURCE,
      ringMethod: 'ring_all',
      destinations: [
        phone('Front desk', 'ring'),
        phone('Workshop', 'busy-after-1s'),
        phone('Office', 'answer-after-4s-hangup-after-10s'),
        phone('Storage', 'reject-after-2s'),
        phone('Late answer', 'answer-on-cancel'),
      ],
    },
  },
  {
    name: 'one-by-one',
    title: 'One after the other',
    description: 'Five seconds each: nobody home, busy, and the third one answers.',
    input: {
      source: SOURCE,
      ringMethod: 'linear',
      dialTimeout: 5_000,
      destinations: [
        phone('Nobody home', 'noanswer'),
        phone('On another call', 'busy-after-2s'),
        phone('Answers', 'answer-after-2s-hangup-after-8s'),
        phone('Never needed', 'ring'),
      ],
    },
  },
  {
    name: 'nested',
    title: 'Teams within teams',
    description:
      'Sales rings together, then the back office one by one; an extension is missing in the directory.',
    input: {
      source: SOURCE,
      ringMethod: 'linear',
      dialTimeout: 6_000,
      destinations: [
        {
          type: 'groupcall',
          target_name: 'Sales',
          ring_method: 'ring_all',
          destinations: [
            phone('Ann', 'busy-after-1s'),
            phone('Bob', 'noanswer'),
            phone('Cleo', 'reject-after-2s'),
          ],
        },
        { type: 'extension', target_name: '404', name: 'An extension that nobody has' },
        {
          type: 'groupcall',
          target_name: 'Back office',
          ring_method: 'linear',
          destinations: [phone('Dora', 'noanswer'), phone('Emil', 'answer-after-2s-hangup-after-10s')],
        },
        phone('Voicemail', 'answer'),
      ],
    },
  },
  {
    name: 'by-hand',
    title: 'Play it by hand',
    description: 'Three phones ring for five minutes. Answer one, reject another: it is up to you.',
    input: {
      source: SOURCE,
      ringMethod: 'ring_all',
      dialTimeout: 300_000,
      destinations: [phone('Red phone', 'ring'), phone('Green phone', 'ring'), phone('Blue phone', 'ring')],
    },
  },
  {
    name: 'nobody',
    title: 'Nobody answers',
    description: 'Busy, rejected, refused by the network, and one that rings until its time is over.',
    input: {
      source: SOURCE,
      ringMethod: 'ring_all',
      dialTimeout: 8_000,
      destinations: [
        phone('Busy', 'busy'),
        phone('Rejects', 'reject-after-3s'),
        phone('Out of order', 'fail'),
        phone('Nobody home', 'noanswer'),
      ],
    },
  },
];
