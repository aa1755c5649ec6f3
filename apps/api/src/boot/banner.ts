import type { Settings } from '../app.config.js';
import { AccessTokens } from '../auth/index.js';
import { DEVELOPMENT_CUSTOMER } from '../config/development-customer.js';

const EXAMPLE = {
  destinations: [
    { type: 'sip', target: 'ring@sim', name: 'rings until somebody else answers' },
    { type: 'sip', target: 'answer-after-3s-hangup-after-10s@sim', name: 'answers and wins' },
    { type: 'sip', target: 'busy-after-1s@sim', name: 'is busy' },
  ],
};

/** What somebody who has just started the server needs next. Secrets are shown only where they are for development. */
export async function banner(url: string, settings: Settings): Promise<string> {
  const password = settings.adminPasswordGiven
    ? 'the ADMIN_PASSWORD that you have set'
    : `${settings.adminPassword}   (kept in ${settings.dataDir}/admin-password)`;
  const lines = [
    '',
    `  groupcall is ready      ${url}`,
    `  API documentation       ${url}/docs`,
    `  console                 ${url}/admin/groupcalls`,
    `  queues                  ${url}/admin/queues`,
    `    user                  admin`,
    `    password              ${password}`,
    '',
  ];
  if (!settings.production && !settings.tokens.jwksUrl) lines.push(...(await tryIt(url, settings)));
  return lines.join('\n');
}

async function tryIt(url: string, settings: Settings): Promise<string[]> {
  const token = await new AccessTokens(settings.tokens).issue(
    { role: 'customer_admin', customerId: DEVELOPMENT_CUSTOMER },
    '7d',
  );
  return [
    '  Ring three simulated phones:',
    '',
    `curl -s -X POST ${url}/groupcalls \\`,
    `  -H 'Authorization: Bearer ${token}' \\`,
    "  -H 'Content-Type: application/json' \\",
    `  -d '${JSON.stringify(EXAMPLE)}'`,
    '',
    '  The token is valid for 7 days; another one: npm run token -- --customer <uuid>',
    '',
  ];
}
