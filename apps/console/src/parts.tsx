import type { GroupcallHangupReason } from '@groupcall/groupcall/resources';
import type { Phase } from '@groupcall/api/console';
import { NIL_UUID, parseTimestamp } from '@groupcall/shared';
import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { second } from './clock.js';
import { absolute, ago, shortId } from './format.js';
import { tell } from './notices.js';
import { OUTCOME_WORDS, PHASE_WORDS } from './words.js';

/** The state of a groupcall in one coloured word. */
export function PhaseBadge({ phase, reason }: { phase: Phase; reason: GroupcallHangupReason }) {
  if (phase !== 'ended' || reason === '') return <span class={`badge ${phase}`}>{PHASE_WORDS[phase]}</span>;
  const tone = reason === 'normal' ? 'answered' : reason === 'cancel' ? 'cancelled' : 'missed';
  return <span class={`badge ${tone}`}>{OUTCOME_WORDS[reason]}</span>;
}

/** How long ago, and exactly when for whoever points at it. */
export function Ago({ tm }: { tm: string }) {
  const at = parseTimestamp(tm);
  const text = useComputed(() => (at === null ? '–' : ago(second.value - at)));
  return (
    <time dateTime={at === null ? undefined : new Date(at).toISOString()} title={absolute(tm)}>
      {text}
    </time>
  );
}

/** The end of an id, with a button that copies all of it. */
export function CopyId({ id, what, full = false }: { id: string; what: string; full?: boolean }) {
  const copied = useSignal(false);
  if (id === NIL_UUID) return <span class="quiet">–</span>;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(id);
      copied.value = true;
      setTimeout(() => (copied.value = false), 1_500);
    } catch {
      tell('failed', `The browser does not let us copy: ${id}`);
    }
  };
  return (
    <button
      type="button"
      class="copy"
      title={`Copy ${id}`}
      aria-label={`Copy ${full ? id : shortId(id)}, the id of ${what}`}
      onClick={() => void copy()}
    >
      <code>{full ? id : shortId(id)}</code>
      <svg class="copy-sign" viewBox="0 0 16 16" aria-hidden="true">
        {copied.value ? <path d="m3 8.5 3.2 3.2L13 5" /> : <path d="M6 5.5h6.5v8H6zM3.5 10.5v-8H10" />}
      </svg>
      <span class="unseen" role="status">
        {copied.value ? 'copied' : ''}
      </span>
    </button>
  );
}

export function Message({
  title,
  children,
  tone = 'quiet',
}: {
  title: string;
  children?: ComponentChildren;
  tone?: 'quiet' | 'bad';
}) {
  return (
    <div class={`message ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Grey bars where something will be. */
export function Skeleton({ lines }: { lines: number }) {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} />
      ))}
    </div>
  );
}

/** Asks before something that cannot be undone. Escape says no. */
export function Confirm(props: {
  title: string;
  text: string;
  yes: string;
  onYes: () => void;
  onClose: () => void;
}) {
  const { title, text, yes, onYes, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby="confirm-title" onClose={onClose}>
      <h2 id="confirm-title">{title}</h2>
      <p>{text}</p>
      <div class="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          Leave it
        </button>
        <button
          type="button"
          class="danger"
          onClick={() => {
            onYes();
            dialog.current?.close();
          }}
        >
          {yes}
        </button>
      </div>
    </dialog>
  );
}
