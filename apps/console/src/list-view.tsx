import type { ConsoleFilter, ConsoleRow } from '@groupcall/api/console';
import { parseTimestamp } from '@groupcall/shared';
import { useComputed } from '@preact/signals';
import { Component } from 'preact';
import { useEffect } from 'preact/hooks';
import { second } from './clock.js';
import { FilterBar } from './filter-bar.js';
import { count, duration, nameOf } from './format.js';
import { failure, load, loadingMore, loadMore, next, rows, state, watchList } from './list-store.js';
import { Ago, CopyId, Message, PhaseBadge, Skeleton } from './parts.js';
import { filterQuery, listLink, treeLink } from './links.js';
import { Samples } from './samples.js';
import { Totals } from './totals.js';
import { RING_METHOD_WORDS } from './words.js';

/** All groupcalls, newest first, as they are now. */
export function ListView({ filter }: { filter: ConsoleFilter }) {
  const query = filterQuery(filter).toString();
  // The text stands for the filter: the object is a new one each time.
  useEffect(() => watchList(filter), [query]);
  return (
    <>
      <div class="heading">
        <h1>Groupcalls</h1>
        <Samples />
      </div>
      <Totals filter={filter} />
      <FilterBar filter={filter} />
      <List filter={filter} isFiltered={query !== ''} />
    </>
  );
}

function List({ filter, isFiltered }: { filter: ConsoleFilter; isFiltered: boolean }) {
  if (state.value === 'loading') return <Skeleton lines={6} />;
  if (state.value === 'failed') {
    return (
      <Message title="The list could not be loaded" tone="bad">
        <p>{failure.value}</p>
        <button type="button" onClick={() => void load()}>
          Try again
        </button>
      </Message>
    );
  }
  if (rows.value.length === 0) {
    return isFiltered ? (
      <Message title="Nothing matches">
        <p>No groupcall fits these filters at the moment. New ones appear by themselves.</p>
        <a class="button" href="#/groupcalls">
          Show all
        </a>
      </Message>
    ) : (
      <Message title="No groupcall yet">
        <p>As soon as somebody rings a group of phones it appears here, live.</p>
        <Samples />
      </Message>
    );
  }
  return (
    <>
      <div class="columns" aria-hidden="true">
        <span>State</span>
        <span>Destinations</span>
        <span>Result</span>
        <span>Customer</span>
        <span class="right">Created</span>
      </div>
      <ul class="rows" aria-label="Groupcalls, newest first">
        {rows.value.map((row) => (
          <Row key={row.id} row={row} filter={filter} />
        ))}
      </ul>
      {next.value !== '' && (
        <p class="more">
          <button type="button" disabled={loadingMore.value} onClick={() => void loadMore()}>
            {loadingMore.value ? 'Loading …' : 'Show older ones'}
          </button>
        </p>
      )}
    </>
  );
}

/** Drawn again only when its groupcall has changed, however many there are. */
class Row extends Component<{ row: ConsoleRow; filter: ConsoleFilter }> {
  override shouldComponentUpdate(next: { row: ConsoleRow }): boolean {
    return next.row !== this.props.row;
  }

  override render({ row, filter }: { row: ConsoleRow; filter: ConsoleFilter }) {
    const more = row.destination_count - row.destinations.length;
    const title = row.destinations.map(nameOf).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return (
      <li class={`row ${row.phase}`}>
        <span class="cell state">
          <PhaseBadge phase={row.phase} reason={row.hangup_reason} />
        </span>
        <span class="cell">
          <a class="title" href={treeLink(row.id)}>
            {title || 'No destination'}
          </a>
          <span class="quiet sub">
            {RING_METHOD_WORDS[row.ring_method]} · from {nameOf(row.source)}
          </span>
        </span>
        <span class="cell">
          <Result row={row} />
        </span>
        <span class="cell customer">
          <a
            class="quiet"
            href={listLink({ ...filter, customer_id: row.customer_id })}
            title={`Only customer ${row.customer_id}`}
            aria-label={`Show only customer …${row.customer_id.slice(-8)}`}
          >
            <code>…{row.customer_id.slice(-8)}</code>
          </a>
        </span>
        <span class="cell right created">
          <Ago tm={row.tm_create} />
          <CopyId id={row.id} what={`groupcall ${title}`} />
        </span>
      </li>
    );
  }
}

function Result({ row }: { row: ConsoleRow }) {
  const { winner } = row;
  if (winner === null) {
    const orders = row.pending_count > 0 ? ` · ${count(row.pending_count, 'order')} pending` : '';
    return row.phase === 'ended' ? (
      <>
        <span>Nobody answered</span>
        <span class="quiet sub">
          {count(row.leg_count, 'call')} in {between(row.tm_create, row.tm_end)}
        </span>
      </>
    ) : (
      <>
        <span>{count(row.live_leg_count, 'phone')} in play</span>
        <span class="quiet sub">
          <Since tm={row.tm_create} />
          {orders}
        </span>
      </>
    );
  }
  const talking = parseTimestamp(winner.tm_hangup) === null;
  return (
    <>
      <span>
        <strong>{nameOf(winner.destination)}</strong> answered after{' '}
        {between(row.tm_create, winner.tm_answer)}
      </span>
      <span class="quiet sub">
        {talking ? (
          <>
            talking for <Since tm={winner.tm_answer} />
          </>
        ) : (
          `talked for ${between(winner.tm_answer, winner.tm_hangup)}`
        )}
      </span>
    </>
  );
}

function between(from: string, to: string): string {
  return duration((parseTimestamp(to) ?? 0) - (parseTimestamp(from) ?? 0));
}

/** Counts up, a second at a time. */
export function Since({ tm }: { tm: string }) {
  const at = parseTimestamp(tm) ?? 0;
  const text = useComputed(() => {
    const ms = Math.max(0, second.value - at);
    return duration(ms < 9_950 ? ms : Math.floor(ms / 1_000) * 1_000);
  });
  return <span class="number">{text}</span>;
}
