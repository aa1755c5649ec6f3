import { useEffect, useRef } from 'preact/hooks';
import { shortId } from './format.js';
import { connection, type Connection } from './live.js';
import { ListView } from './list-view.js';
import { dismiss, notices } from './notices.js';
import { Message } from './parts.js';
import { route, scrollOfArrival } from './route.js';
import { TreeView } from './tree-view.js';

const CONNECTION_WORDS: Record<Connection, string> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Reconnecting …',
  'logged out': 'Logged out',
};

export function App() {
  return (
    <>
      <a
        class="skip"
        href="#content"
        onClick={(event) => (event.preventDefault(), document.getElementById('content')?.focus())}
      >
        Skip to the content
      </a>
      <header class="bar">
        <div class="bar-inner">
          <a class="brand" href="#/groupcalls">
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <circle cx="12" cy="12" r="3.2" />
              <path d="M5.6 5.6a9 9 0 0 0 0 12.8M18.4 5.6a9 9 0 0 1 0 12.8" />
            </svg>
            groupcall
          </a>
          <nav aria-label="Administration">
            <a href="#/groupcalls" aria-current="page">
              Console
            </a>
            <a href="/admin/queues">Queues</a>
            <a href="/docs">API</a>
          </nav>
          <span class={`connection ${connection.value.replace(' ', '-')}`} role="status">
            <span class="dot" aria-hidden="true" />
            {CONNECTION_WORDS[connection.value]}
          </span>
          <form method="post" action="/admin/logout">
            <button type="submit" class="plain">
              Log out
            </button>
          </form>
        </div>
      </header>
      {connection.value === 'logged out' && (
        <div class="banner" role="alert">
          Your session is over. What you see is not up to date.{' '}
          <a href="" onClick={(event) => (event.preventDefault(), location.reload())}>
            Log in again
          </a>
        </div>
      )}
      {connection.value === 'lost' && (
        <div class="banner" role="status">
          The server does not answer. What you see may be old; it comes back by itself.
        </div>
      )}
      <main id="content" tabIndex={-1}>
        <Page />
      </main>
      <div class="notices" role="status" aria-live="polite">
        {notices.value.map(({ id, kind, text }) => (
          <div key={id} class={`notice ${kind}`} role={kind === 'failed' ? 'alert' : undefined}>
            <span>{text}</span>
            <button type="button" class="plain" aria-label="Dismiss" onClick={() => dismiss(id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </>
  );
}

function Page() {
  const { value: now } = route;
  const place = now.page === 'tree' ? now.id : now.page;
  const isFirst = useRef(true);
  // Another page begins at its top, for the eye and for the keyboard; the first one leaves the focus where it is.
  useEffect(() => {
    if (!isFirst.current) {
      document.getElementById('content')?.focus({ preventScroll: true });
      scrollTo(0, scrollOfArrival());
    }
    isFirst.current = false;
    document.title = now.page === 'tree' ? `Groupcall ${shortId(place)}` : 'Groupcalls';
  }, [place]);
  switch (now.page) {
    case 'list':
      return <ListView filter={now.filter} />;
    case 'tree':
      return <TreeView id={now.id} />;
    case 'unknown':
      return (
        <Message title="There is no such page">
          <a class="button" href="#/groupcalls">
            To the list
          </a>
        </Message>
      );
  }
}
