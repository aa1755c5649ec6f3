import { idsOnly } from './ids-only.js';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('what a dashboard shows of a job', () => {
  it('is its ids, numbers and fields, and no text of anybody', () => {
    const data = {
      input: {
        customerId: ID,
        destinations: [{ type: 'tel', target: '+15550199', name: 'Jane' }],
        dialTimeout: 30_000,
      },
      again: true,
      reply: null,
    };
    const shown = idsOnly(data);
    expect(shown).toEqual({
      input: {
        customerId: ID,
        destinations: [{ type: '(hidden)', target: '(hidden)', name: '(hidden)' }],
        dialTimeout: 30_000,
      },
      again: true,
      reply: null,
    });
  });

  it('has an end, however deep the data is', () => {
    let data: unknown = '+15550199';
    for (let i = 0; i < 10_000; i += 1) data = { data };
    expect(JSON.stringify(idsOnly(data))).not.toContain('+1555');
  });
});
