/** Of the pages that are shown before the login, when the console's own files are out of reach. */
export const LOGIN_STYLE = `:root{color-scheme:light dark;--page:light-dark(#f5f6f8,#0e1217);--surface:light-dark(#fff,#161b22);
--line:light-dark(#dfe3ea,#2b333e);--text:light-dark(#17202b,#e6ebf2);--quiet:light-dark(#556070,#9aa6b5);
--accent:light-dark(#3451c6,#8ea6ff);--on-accent:light-dark(#fff,#0e1217);--bad:light-dark(#b3261e,#ff9b92);
--bad-back:light-dark(#fdecea,#3a1a18)}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--page);color:var(--text);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:22rem;padding:2rem;background:var(--surface);border:1px solid var(--line);border-radius:14px;
box-shadow:0 8px 30px #0000000f}
.brand{margin:0 0 1.25rem;color:var(--quiet);font-size:.8125rem;font-weight:600;letter-spacing:.04em}
h1{margin:0 0 1.25rem;font-size:1.375rem;line-height:1.25;letter-spacing:-.01em}
label{display:block;margin:1rem 0 .375rem;font-size:.875rem;font-weight:600}
input{width:100%;padding:.625rem .75rem;border:1px solid var(--line);border-radius:8px;background:var(--page);color:inherit;font:inherit}
button{width:100%;margin-top:1.5rem;padding:.6875rem;border:0;border-radius:8px;background:var(--accent);color:var(--on-accent);
font:inherit;font-weight:600;cursor:pointer}
:is(input,button,a):focus-visible{outline:3px solid var(--accent);outline-offset:2px}
[role=alert]{margin:0 0 1rem;padding:.625rem .75rem;border-radius:8px;background:var(--bad-back);color:var(--bad);font-size:.875rem}
a{color:var(--accent)}`;

/** Keeps what stands behind # in the address: the login leads back to exactly where somebody wanted to go. */
export const LOGIN_SCRIPT = `for (const form of document.forms) form.action += location.hash;`;
