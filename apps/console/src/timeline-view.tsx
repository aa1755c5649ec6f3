import type { ConsoleGroupcall, ConsoleTree } from '@groupcall/api/console';
import type { LegResource } from '@groupcall/groupcall/resources';
import { NIL_UUID, parseTimestamp } from '@groupcall/shared';
import { about } from './about.js';
import { api } from './api.js';
import { moment } from './clock.js';
import { explainDestination } from './explain.js';
import { clockTime, detailOf, duration, nameOf } from './format.js';
import { attempt } from './notices.js';
import { CopyId } from './parts.js';
import { describe, marksOf, placeOf, segmentsOf, spanOf, type Span } from './timeline.js';
import { soon } from './tree-store.js';
import { LEG_REASON_WORDS, LEG_STATUS_WORDS, RING_METHOD_WORDS } from './words.js';

const LEGEND = [
  ['dialling', 'dialling'],
  ['ringing', 'ringing'],
  ['talking', 'talking'],
  ['ending', 'being hung up'],
] as const;

/** The tree on the left, the time on the right: one bar for each leg. */
export function Timeline({ tree }: { tree: ConsoleTree }) {
  // What has ended stands still.
  const now =
    tree.phase === 'ended'
      ? (parseTimestamp(tree.now) ?? 0)
      : Math.max(moment.value, parseTimestamp(tree.now) ?? 0);
  const span = spanOf(tree, now);
  return (
    <section class="card" aria-labelledby="timeline-title">
      <div class="card-head">
        <h2 id="timeline-title">Who was rung, and when</h2>
        <ul class="legend" aria-label="Colours">
          {LEGEND.map(([kind, words]) => (
            <li key={kind}>
              <span class={`swatch ${kind}`} aria-hidden="true" />
              {words}
            </li>
          ))}
          <li>
            <span class="swatch answer" aria-hidden="true" />
            answer
          </li>
        </ul>
      </div>
      <div class="axis" aria-hidden="true">
        {marksOf(span).map(({ at, label }) => (
          <span key={at} style={{ left: `${placeOf(at, span)}%` }}>
            {label}
          </span>
        ))}
      </div>
      <div class="tree">
        <Branch tree={tree} node={tree.groupcalls[0]} span={span} now={now} />
      </div>
    </section>
  );
}

interface Shared {
  tree: ConsoleTree;
  span: Span;
  now: number;
}

function Branch({ node, ...shared }: Shared & { node: ConsoleGroupcall }) {
  const { destinations } = node.groupcall;
  return (
    <ol class="branch">
      {node.slots.map((slot, index) => {
        const child =
          slot.kind === 'child' && shared.tree.groupcalls.find(({ groupcall }) => groupcall.id === slot.id);
        return (
          <li key={index}>
            <DestinationRow {...shared} node={node} index={index} />
            {child && <Branch {...shared} node={child} />}
          </li>
        );
      })}
      {destinations.length === 0 && <li class="quiet empty">No destination.</li>}
    </ol>
  );
}

function DestinationRow({
  tree,
  node,
  index,
  span,
  now,
}: Shared & { node: ConsoleGroupcall; index: number }) {
  const slot = node.slots[index];
  const destination = node.groupcall.destinations[index];
  const leg = slot.kind === 'leg' ? tree.legs.find(({ id }) => id === slot.id) : undefined;
  const child =
    slot.kind === 'child' ? tree.groupcalls.find(({ groupcall }) => groupcall.id === slot.id) : undefined;
  const explanation = explainDestination(tree, node, index);
  const isWinner = leg !== undefined && leg.id === tree.winner_call_id;
  const isOnWay =
    child !== undefined &&
    (child.groupcall.answer_call_id !== NIL_UUID || child.groupcall.answer_groupcall_id !== NIL_UUID);
  return (
    <div class={`destination ${child ? 'group' : ''} ${isWinner || isOnWay ? 'won' : ''} ${slot.kind}`}>
      <div class="who">
        <span class="name">
          <span class="index" aria-label={`Number ${index + 1}`}>
            {index + 1}
          </span>
          <span class="name-text">{nameOf(destination)}</span>
          {isWinner && <span class="badge talking">Winner</span>}
        </span>
        <span class="quiet sub">
          {child
            ? `${child.origin === '' ? 'group' : destination.type}, ${RING_METHOD_WORDS[child.groupcall.ring_method]}`
            : detailOf(destination)}
        </span>
      </div>
      <div class="what">
        {leg ? (
          <Bar tree={tree} leg={leg} span={span} now={now} />
        ) : (
          <div class={`track ${child ? 'none' : 'void'}`} />
        )}
        <div class="why">
          <span class={`explanation ${explanation.tone}`}>{explanation.text}</span>
          {leg && <LegTools leg={leg} name={nameOf(destination)} />}
        </div>
      </div>
    </div>
  );
}

function Bar({ tree, leg, span, now }: Omit<Shared, 'node'> & { leg: LegResource }) {
  const segments = segmentsOf(tree, leg, now);
  const answer = parseTimestamp(leg.tm_answer);
  const end = parseTimestamp(leg.tm_hangup);
  const at = (ms: number) => `${placeOf(ms, span)}%`;
  const since = (ms: number) => `+${duration(ms - span.from)} (${clockTime(ms)})`;
  const words = leg.hangup_reason === '' ? LEG_STATUS_WORDS[leg.status] : LEG_REASON_WORDS[leg.hangup_reason];
  const answered = answer === null ? '' : `, answered at ${since(answer)}`;
  return (
    <div class="track" role="img" aria-label={`${words}: ${describe(segments, span.from)}${answered}`}>
      {segments.map(({ kind, from, to }) => (
        <span
          key={kind}
          class={`segment ${kind}`}
          style={{ left: at(from), width: `${placeOf(to, span) - placeOf(from, span)}%` }}
          title={`${kind} ${duration(to - from)}, from ${since(from)}`}
        />
      ))}
      {answer !== null && (
        <span class="moment answer" style={{ left: at(answer) }} title={`Answer at ${since(answer)}`} />
      )}
      {end !== null && (
        <span
          class={`moment end ${leg.hangup_reason}`}
          style={{ left: at(end) }}
          title={`${words} at ${since(end)}`}
        />
      )}
    </div>
  );
}

/** What can be done with one leg, and its id. */
function LegTools({ leg, name }: { leg: LegResource; name: string }) {
  const play = async (work: () => Promise<unknown>, done: string) => {
    await attempt(work, done);
    soon(100);
  };
  const isRinging = leg.status === 'ringing' || leg.status === 'dialing';
  return (
    <span class="tools">
      {about.value?.simulated && isRinging && (
        <>
          <button
            type="button"
            class="small good"
            aria-label={`Answer ${name}`}
            onClick={() => void play(() => api.answer(leg.id), `${name} picks up.`)}
          >
            Answer
          </button>
          <button
            type="button"
            class="small"
            aria-label={`Reject at ${name}`}
            onClick={() => void play(() => api.endCall(leg.id, 'rejected'), `${name} rejects the call.`)}
          >
            Reject
          </button>
          <button
            type="button"
            class="small"
            aria-label={`Say busy at ${name}`}
            onClick={() => void play(() => api.endCall(leg.id, 'busy'), `${name} is busy.`)}
          >
            Busy
          </button>
        </>
      )}
      {about.value?.simulated && leg.status === 'progressing' && (
        <button
          type="button"
          class="small"
          aria-label={`Hang up the phone of ${name}`}
          onClick={() => void play(() => api.endCall(leg.id), `${name} hangs up.`)}
        >
          Hang up the phone
        </button>
      )}
      <CopyId id={leg.id} what={`the call to ${name}`} />
    </span>
  );
}
