import { MinHeap } from './min-heap.js';

describe('MinHeap', () => {
  it('gives out what was put in, in order, also when something is put in meanwhile', () => {
    const heap = new MinHeap<number>((a, b) => a < b);
    const numbers = Array.from({ length: 500 }, (_, index) => (index * 7_919) % 503);
    for (const number of numbers) heap.push(number);
    const out = Array.from({ length: 250 }, () => heap.pop());
    for (const number of [-1, 1_000]) heap.push(number);
    expect(heap.first).toBe(-1);
    while (heap.size > 0) out.push(heap.pop());
    const sorted = numbers.toSorted((a, b) => a - b);
    expect(out).toEqual([...sorted.slice(0, 250), -1, ...sorted.slice(250), 1_000]);
  });

  it('has nothing to give when it is empty', () => {
    const heap = new MinHeap<number>((a, b) => a < b);
    heap.push(1);
    heap.clear();
    expect([heap.first, heap.pop(), heap.size]).toEqual([undefined, undefined, 0]);
  });
});
