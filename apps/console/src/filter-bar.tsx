import { PHASES, type ConsoleFilter } from '@groupcall/api/console';
import { RING_METHODS, UNANSWERED_REASONS } from '@groupcall/groupcall/resources';
import { isUuid } from '@groupcall/shared';
import { useSignal } from '@preact/signals';
import { filterQuery, listLink, treeLink } from './links.js';
import { go } from './route.js';
import { OUTCOME_WORDS, PHASE_WORDS, RING_METHOD_WORDS } from './words.js';

const OUTCOMES = ['normal', 'cancel', ...UNANSWERED_REASONS] as const;

/** What the list shows. The filter is the address, so that it can be linked to and gone back from. */
export function FilterBar({ filter }: { filter: ConsoleFilter }) {
  const set = (change: ConsoleFilter) => go(listLink({ ...filter, ...change }));
  const isFiltered = filterQuery(filter).toString() !== '';
  const open = useSignal(isFiltered);
  return (
    <>
      {/* On a phone the list comes first. */}
      <button
        type="button"
        class="filter-toggle"
        aria-expanded={open.value}
        aria-controls="filters"
        onClick={() => (open.value = !open.value)}
      >
        Filters {open.value ? '▴' : '▾'}
      </button>
      <search id="filters" class={`filters ${open.value ? 'open' : ''}`} aria-label="Filters">
        <Choice
          label="State"
          value={filter.phase}
          words={{ live: 'Live', ...PHASE_WORDS }}
          options={['live', ...PHASES]}
          onChange={(phase) => set({ phase })}
        />
        <Choice
          label="Ring method"
          value={filter.ring_method}
          words={RING_METHOD_WORDS}
          options={RING_METHODS}
          onChange={(ring_method) => set({ ring_method })}
        />
        <Choice
          label="Outcome"
          value={filter.hangup_reason}
          words={OUTCOME_WORDS}
          options={OUTCOMES}
          onChange={(hangup_reason) => set({ hangup_reason })}
        />
        <IdField
          label="Customer"
          value={filter.customer_id ?? ''}
          placeholder="id of a customer"
          onEnter={(customer_id) => set({ customer_id })}
        />
        <IdField
          label="Open"
          value=""
          placeholder="id of a groupcall or call"
          onEnter={(id) => id !== '' && go(treeLink(id))}
        />
        {isFiltered && (
          <a class="button plain" href="#/groupcalls">
            Clear filters
          </a>
        )}
      </search>
    </>
  );
}

function Choice<W extends string>(props: {
  label: string;
  value: W | '' | undefined;
  options: readonly W[];
  words: Record<W, string>;
  onChange: (value: W | '') => void;
}) {
  const { label, value = '', options, words, onChange } = props;
  return (
    <label class={value === '' ? 'field' : 'field set'}>
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as W | '')}>
        <option value="">Any</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {words[option]}
          </option>
        ))}
      </select>
    </label>
  );
}

function IdField(props: {
  label: string;
  value: string;
  placeholder: string;
  onEnter: (id: string) => void;
}) {
  const { label, value, placeholder, onEnter } = props;
  const problem = useSignal('');
  const id = `field-${label.toLowerCase()}`;
  const enter = (text: string) => {
    const wanted = text.trim();
    problem.value = wanted === '' || isUuid(wanted) ? '' : 'This is no id: 8-4-4-4-12 hexadecimal digits.';
    if (problem.value === '') onEnter(wanted.toLowerCase());
  };
  return (
    <form
      class={value === '' ? 'field' : 'field set'}
      onSubmit={(event) => {
        event.preventDefault();
        enter(new FormData(event.currentTarget).get('id') as string);
      }}
    >
      <label for={id}>{label}</label>
      <input
        id={id}
        name="id"
        type="search"
        key={value}
        defaultValue={value}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        aria-invalid={problem.value !== ''}
        aria-describedby={`${id}-problem`}
        onChange={(event) => (event.currentTarget.value === '' && value !== '' ? onEnter('') : undefined)}
      />
      <span id={`${id}-problem`} class="problem" role="alert">
        {problem}
      </span>
    </form>
  );
}
