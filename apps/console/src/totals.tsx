import type { ConsoleFilter } from '@groupcall/api/console';
import { totals } from './list-store.js';
import { listLink } from './links.js';

/** How things are for everybody; two of them are also filters. */
export function Totals({ filter }: { filter: ConsoleFilter }) {
  const now = totals.value;
  const show = (number: number | undefined) => (number === undefined ? '–' : number.toLocaleString('en'));
  return (
    <ul class="totals" aria-label="At this moment">
      <li>
        <a href={listLink({ ...filter, phase: 'live' })} aria-current={filter.phase === 'live'}>
          <span class="figure">{show(now?.live)}</span> live
        </a>
      </li>
      <li>
        <a href={listLink({ ...filter, phase: 'talking' })} aria-current={filter.phase === 'talking'}>
          <span class="figure">{show(now?.talking)}</span> talking
        </a>
      </li>
      <li title="Committed orders to the world that have not been carried out">
        <span class="figure">{show(now?.pending)}</span> outbox
      </li>
      <li class={now && now.dead > 0 ? 'bad' : ''} title="Events given up after all tries">
        <span class="figure">{show(now?.dead)}</span> given up
      </li>
    </ul>
  );
}
