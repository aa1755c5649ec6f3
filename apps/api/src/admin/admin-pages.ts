const page = (title: string, content: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="data:,"><title>${title} · groupcall</title><link rel="stylesheet" href="/admin/login.css"></head>
<body><main><p class="brand">groupcall administration</p><h1>${title}</h1>${content}</main><script src="/admin/login.js"></script></body></html>`;

/**
 * @param problem one of our own sentences, never what somebody has sent
 * @param next where to go after the login, as {@link pageAfterLogin} has found it
 */
export const loginPage = (next: string, problem = '') =>
  page(
    'Log in',
    `${problem ? `<p role="alert">${problem}</p>` : ''}
<form method="post" action="/admin/login"><input type="hidden" name="next" value="${next}">
<label for="user">User</label><input id="user" name="user" value="admin" autocomplete="username" required>
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Log in</button></form>`,
  );

export const logoutPage = () =>
  page(
    'Log out?',
    '<form method="post" action="/admin/logout"><button type="submit">Log out</button></form><p><a href="/admin/groupcalls">Back to the console</a></p>',
  );

/** One of our own pages, whatever was asked for: nobody is sent elsewhere, and the text is harmless in markup. */
export function pageAfterLogin(wanted: unknown): string {
  const isOurs = typeof wanted === 'string' && /^\/admin\/(groupcalls|queues)(\/[\w-]+)*\/?$/.test(wanted);
  return isOurs ? wanted : '/admin/groupcalls';
}
