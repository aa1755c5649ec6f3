import { KnownCustomers } from './known-customers.js';

describe('Known customers', () => {
  it('are not missing; each of the others is once, in one order for everybody', () => {
    const known = new KnownCustomers();
    known.add(['b']);
    expect(known.missing(['c', 'b', 'a', 'c'])).toEqual(['a', 'c']);
  });

  it('are forgotten when they are many, however they became known', () => {
    const known = new KnownCustomers();
    for (let index = 0; index < 10_001; index += 1) known.add([`customer ${index}`]);
    known.add(['the last one']);
    expect(known.missing(['customer 0', 'customer 10000', 'the last one'])).toEqual([
      'customer 0',
      'customer 10000',
    ]);
  });
});
