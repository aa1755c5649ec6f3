import { ReconcilePass } from './reconcile-pass.js';
import { ReconcileRound } from './reconcile-round.js';

const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Items 1 to `count` in pages of 50; those in `bad` fail for ever. */
function setting(count: number, bad: (index: number) => boolean = () => false) {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  const looks: number[][] = [];
  const round = new ReconcileRound<string>('The items');
  return {
    looks,
    all,
    round,
    look: async (signal?: AbortSignal) => {
      const order: number[] = [];
      looks.push(order);
      return round.look(new ReconcilePass(signal), async (after) =>
        all
          .filter((index) => after === null || idOf(index) > after)
          .slice(0, 50)
          .map((index) => ({
            id: idOf(index),
            place: idOf(index),
            look: async () => {
              order.push(index);
              if (bad(index)) throw new Error(`${index} is bad`);
            },
          })),
      );
    },
  };
}

describe('Looks at everything', () => {
  it('see each item once', async () => {
    const { all, look, looks } = setting(173);
    expect(await look()).toEqual(new Set(all.map(idOf)));
    await look();
    expect(looks).toEqual([all, all]);
  });

  it('begin behind the place where the last one was given up, and then from the beginning up to there', async () => {
    const { all, look, looks } = setting(300, (index) => index <= 130);
    await look();
    expect(looks[0]).toEqual(all.slice(0, 100));
    await look();
    // 30 bad ones, the good ones, and of those seen the last time as many as fail until it is enough.
    expect(looks[1]).toEqual([...all.slice(100), ...all.slice(0, 70)]);
    await look();
    expect(looks[2]).toEqual([...all.slice(70), ...all.slice(0, 40)]);
  });

  it('see everything exactly once when the bad ones have become good, and then begin at the beginning again', async () => {
    let isBad = true;
    const { all, look, looks } = setting(173, () => isBad);
    await look();
    isBad = false;
    expect(await look()).toEqual(new Set(all.map(idOf)));
    expect(looks[1]).toEqual([...all.slice(100), ...all.slice(0, 100)]);
    await look();
    expect(looks[2]).toEqual(all);
  });

  it('end when everything behind the place has gone meanwhile', async () => {
    let isBad = true;
    const { all, look, looks } = setting(173, () => isBad);
    await look();
    isBad = false;
    all.length = 10;
    await look();
    expect(looks[1]).toEqual(all);
    all.length = 0;
    expect(await look()).toEqual(new Set());
  });

  it('do not go round in circles when the pages do not go on, wherever they begin', async () => {
    const round = new ReconcileRound<number>('The items');
    const fails = { id: idOf(1), place: 1, look: () => Promise.reject(new Error('bad')) };
    const many = Array.from({ length: 120 }, (_, index) => ({
      ...fails,
      id: idOf(index + 1),
      place: index + 1,
    }));
    await round.look(new ReconcilePass(), async () => many);
    const page = async () => [{ id: idOf(1), place: 1, look: async () => undefined }];
    await expect(round.look(new ReconcilePass(), page)).rejects.toThrow('must go on by id');
    await expect(new ReconcileRound('The items').look(new ReconcilePass(), page)).rejects.toThrow(
      'The items are listed again',
    );
  });
});
