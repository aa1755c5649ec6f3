import { getEventListeners } from 'node:events';
import { AgendaTimers } from '../testing/kit/agenda-ports.js';
import { Agenda } from '../testing/virtual-time/agenda.js';
import { waitUnlessAborted } from './wait-unless-aborted.js';

function begin() {
  const agenda = new Agenda(0);
  const ending = new AbortController();
  let isOver = false;
  const wait = () =>
    waitUnlessAborted(new AgendaTimers(agenda), 100, ending.signal).then(() => (isOver = true));
  return { agenda, ending, wait, isOver: () => isOver };
}

describe('A wait', () => {
  it('lasts as long as it should, and leaves nothing behind at a signal that outlives it', async () => {
    const { agenda, ending, isOver, wait } = begin();
    void wait();
    await agenda.run(99);
    expect(isOver()).toBe(false);
    await agenda.run(100);
    expect(isOver()).toBe(true);
    expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
  });

  it.each(['before', 'while'])('is over at once when the signal is aborted %s it lasts', async (when) => {
    const { agenda, ending, wait } = begin();
    if (when === 'before') ending.abort();
    const waiting = wait();
    ending.abort();
    await waiting;
    expect(agenda.now).toBe(0);
  });
});
