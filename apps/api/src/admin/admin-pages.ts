const STYLE = `body{font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0;background:#f4f5f7;color:#1d2430}
main{background:#fff;padding:2rem;border-radius:.5rem;box-shadow:0 1px 4px #0003;width:18rem}h1{font-size:1.2rem;margin:0 0 1rem}
label{display:block;margin:.75rem 0 .25rem}input{width:100%;box-sizing:border-box;padding:.5rem;font:inherit}
button{margin-top:1rem;width:100%;padding:.6rem;font:inherit;cursor:pointer}[role=alert]{color:#a11}`;

const page = (title: string, content: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="data:,"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`;

/** @param problem one of our own sentences, never what somebody has sent */
export const loginPage = (problem = '') =>
  page(
    'groupcall administration',
    `${problem ? `<p role="alert">${problem}</p>` : ''}
<form method="post" action="/admin/login">
<label for="user">User</label><input id="user" name="user" value="admin" autocomplete="username" required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Log in</button></form>`,
  );

export const logoutPage = () =>
  page(
    'Log out?',
    '<form method="post" action="/admin/logout"><button type="submit">Log out</button></form><p><a href="/admin/queues">Back to the queues</a></p>',
  );
