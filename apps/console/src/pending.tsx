import type { ConsoleTree, PendingEffect } from '@groupcall/api/console';
import { count, nameOf } from './format.js';
import { Ago } from './parts.js';

const WORDS: Record<PendingEffect['kind'], string> = {
  dial: 'Dial',
  hangup: 'Hang up',
  resolve: 'Look up in the directory',
  publish: 'Tell the world',
};

/** What was decided and has not been carried out. */
export function Pending({ tree }: { tree: ConsoleTree }) {
  const nameOfCall = (id: string | null) => {
    const leg = tree.legs.find((one) => one.id === id);
    return leg ? nameOf(leg.destination) : '';
  };
  return (
    <section class="card" aria-labelledby="pending-title">
      <div class="card-head">
        <h2 id="pending-title">Outbox</h2>
        <span class="quiet">{tree.pending.length === 0 ? '' : count(tree.pending.length, 'order')}</span>
      </div>
      {tree.pending.length === 0 ? (
        <p class="quiet empty">Nothing is pending: everything that was decided has been carried out.</p>
      ) : (
        <ul class="orders">
          {tree.pending.map((effect) => (
            <li key={effect.id} class={effect.status === 'dead' ? 'bad' : ''}>
              <span>
                {WORDS[effect.kind]}{' '}
                {effect.event_type ? (
                  <code>{effect.event_type}</code>
                ) : (
                  <strong>{nameOfCall(effect.call_id)}</strong>
                )}
              </span>
              <span class="quiet">
                {effect.status === 'dead' ? 'given up' : 'pending'} · decided <Ago tm={effect.tm_create} />
                {effect.attempts > 0 && ` · ${count(effect.attempts, 'try', 'tries')}`}
              </span>
              {effect.last_error && <span class="problem">{effect.last_error}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
