import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { about } from './about.js';
import { api } from './api.js';
import { tell } from './notices.js';
import { treeLink } from './links.js';
import { go } from './route.js';

/** Starts one of the server's sample groupcalls; only where the phones are simulated. */
export function Samples() {
  const busy = useSignal(false);
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const isKey = event instanceof KeyboardEvent;
      if (isKey ? event.key === 'Escape' : !menu.current?.contains(event.target as Node))
        menu.current?.removeAttribute('open');
    };
    addEventListener('keydown', close);
    addEventListener('click', close);
    return () => {
      removeEventListener('keydown', close);
      removeEventListener('click', close);
    };
  }, []);
  if (!about.value?.simulated) return null;
  const start = async (name: string) => {
    busy.value = true;
    try {
      go(treeLink((await api.startSample(name)).id));
    } catch (error) {
      tell('failed', error instanceof Error ? error.message : String(error));
    } finally {
      busy.value = false;
    }
  };
  return (
    <details class="menu" ref={menu}>
      <summary class="button primary">Start a sample</summary>
      <ul>
        {about.value.samples.map(({ name, title, description }) => (
          <li key={name}>
            <button type="button" disabled={busy.value} onClick={() => void start(name)}>
              <strong>{title}</strong>
              <span class="quiet">{description}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
