import type { CreateGroupcallInput, DestinationInput } from '../../libs/groupcall/src/index.js';

/** What kind of groupcall is made. The phone that answers is the last one to be placed. */
export interface Shape {
  readonly ring: 'ring_all' | 'linear' | 'nested';
  /** Destinations that are phones, all levels together. */
  readonly legs: number;
  /** Ring time of each leg, ms. Linear: everybody but the last one lets it run out. */
  readonly dialTimeout?: number;
  /** Two phones answer at the same moment. */
  readonly doubleAnswer?: boolean;
}

export const CUSTOMER = '5f0c9c1e-0000-4000-8000-00000000beac';
const GROUPS = 3;
/** Given to every groupcall that does not mind: nobody rings that long here. */
const LONG = 60_000;

const phones = (count: number): DestinationInput[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'tel',
    target: `+155512${String(index).padStart(5, '0')}`,
  }));

/** The request for a groupcall of this shape. `name` of the source travels with every call. */
export function requestFor(shape: Shape, name: string): CreateGroupcallInput {
  return {
    customerId: CUSTOMER,
    source: { type: 'tel', target: '+15551230000', name },
    destinations:
      shape.ring === 'nested'
        ? Array.from({ length: GROUPS }, () => ({
            type: 'groupcall' as const,
            target: '',
            destinations: phones(shape.legs / GROUPS),
          }))
        : phones(shape.legs),
    ringMethod: shape.ring === 'linear' ? 'linear' : 'ring_all',
    dialTimeout: shape.dialTimeout ?? LONG,
  };
}
