import type { ConsoleTree } from '@groupcall/api/console';
import { NEVER, parseTimestamp } from '@groupcall/shared';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api, jsonLink } from './api.js';
import { clockTime, count, duration, nameOf } from './format.js';
import { winnerName } from './explain.js';
import { attempt } from './notices.js';
import { Ago, Confirm, CopyId, Message, PhaseBadge, Skeleton } from './parts.js';
import { Pending } from './pending.js';
import { listLink } from './links.js';
import { lastList } from './route.js';
import { Timeline } from './timeline-view.js';
import { failure, load, soon, state, tree, watchTree } from './tree-store.js';
import { RING_METHOD_WORDS } from './words.js';

/** One groupcall with everything in it. */
export function TreeView({ id }: { id: string }) {
  useEffect(() => watchTree(id), [id]);
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={lastList.value}>← Groupcalls</a>
      </nav>
      <Content id={id} />
    </>
  );
}

function Content({ id }: { id: string }) {
  if (state.value === 'missing') {
    return (
      <Message title="There is no such groupcall">
        <p>
          Nothing here has the id <code>{id}</code>. It may have been a call of another database, or a typing
          error.
        </p>
        <a class="button" href={lastList.value}>
          To the list
        </a>
      </Message>
    );
  }
  if (state.value === 'failed') {
    return (
      <Message title="The groupcall could not be loaded" tone="bad">
        <p>{failure.value}</p>
        <button type="button" onClick={() => void load()}>
          Try again
        </button>
      </Message>
    );
  }
  if (tree.value === null) return <Skeleton lines={8} />;
  return <Tree tree={tree.value} />;
}

function Tree({ tree }: { tree: ConsoleTree }) {
  const asking = useSignal(false);
  const { groupcall } = tree.groupcalls[0];
  const title = groupcall.destinations.slice(0, 3).map(nameOf).join(', ');
  const more = groupcall.destinations.length - 3;
  const live = tree.legs.filter(({ status }) => status !== 'hangup').length;
  const hangUp = async () => {
    await attempt(() => api.hangUp(tree.root_id), 'The groupcall is being hung up.');
    soon(0);
  };
  return (
    <>
      <header class="heading">
        <div>
          <h1>
            {title || 'No destination'}
            {more > 0 && ` and ${more} more`}
          </h1>
          <p class="lead" role="status">
            <PhaseBadge phase={tree.phase} reason={groupcall.hangup_reason} /> {summaryOf(tree)}
          </p>
        </div>
        <div class="actions">
          <a class="button" href={jsonLink(tree.root_id)} target="_blank" rel="noreferrer">
            JSON
          </a>
          <button
            type="button"
            class="danger"
            disabled={groupcall.status !== 'progressing'}
            onClick={() => (asking.value = true)}
          >
            Hang up
          </button>
        </div>
      </header>
      {asking.value && (
        <Confirm
          title="Hang up this groupcall?"
          text={`${count(live, 'call')} will be ended, and nothing more is dialled.`}
          yes="Hang up"
          onYes={() => void hangUp()}
          onClose={() => (asking.value = false)}
        />
      )}
      <dl class="facts">
        <Fact name="From">{nameOf(groupcall.source)}</Fact>
        <Fact name="Rings">{RING_METHOD_WORDS[groupcall.ring_method]}</Fact>
        <Fact name="Ring time">{duration(groupcall.dial_timeout)}</Fact>
        <Fact name="After the answer">
          {groupcall.answer_method === 'hangup_others'
            ? 'the others are hung up'
            : 'the others are left alone'}
        </Fact>
        <Fact name="Created">
          <Ago tm={groupcall.tm_create} />
        </Fact>
        <Fact name="Next alarm">
          <span class="number">
            {tree.tm_alarm === NEVER ? 'none' : clockTime(parseTimestamp(tree.tm_alarm) ?? 0)}
          </span>
        </Fact>
        <Fact name="Customer">
          <a href={listLink({ customer_id: tree.customer_id })} title={`Only customer ${tree.customer_id}`}>
            <code>…{tree.customer_id.slice(-8)}</code>
          </a>
        </Fact>
        <Fact name="Id">
          <CopyId id={tree.root_id} what="this groupcall" />
        </Fact>
        {tree.late_answers > 0 && <Fact name="Late answers">{tree.late_answers}</Fact>}
        {groupcall.tm_delete !== NEVER && (
          <Fact name="Deleted">
            <Ago tm={groupcall.tm_delete} />
          </Fact>
        )}
      </dl>
      <Timeline tree={tree} />
      <Pending tree={tree} />
    </>
  );
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The whole story in a sentence. */
function summaryOf(tree: ConsoleTree): string {
  const { groupcall } = tree.groupcalls[0];
  const winner = tree.legs.find(({ id }) => id === tree.winner_call_id);
  if (winner) {
    const after = duration(
      (parseTimestamp(winner.tm_answer) ?? 0) - (parseTimestamp(groupcall.tm_create) ?? 0),
    );
    const end = parseTimestamp(winner.tm_hangup);
    const talked =
      end === null ? '' : ` and talked for ${duration(end - (parseTimestamp(winner.tm_answer) ?? end))}`;
    return `${winnerName(tree)} answered after ${after}${talked}.`;
  }
  const live = tree.legs.filter(({ status }) => status !== 'hangup').length;
  switch (tree.phase) {
    case 'ringing':
    case 'talking':
      return live === 0
        ? 'Nothing rings at this moment.'
        : `${count(live, 'phone')} in play, nobody has answered.`;
    case 'hangingup':
      return `${count(live, 'call')} still to be ended.`;
    case 'ended':
      return `Nobody answered; ${count(tree.legs.length, 'call')} had been planned.`;
  }
}
