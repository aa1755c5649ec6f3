// `npm run token -- --customer <uuid> [--role …] [--agent <uuid>] [--expires 12h]`: prints an access token for the server of this folder.
import { parseArgs } from 'node:util';
import { prepare, root } from './prepare.mjs';

const USAGE = `usage: npm run token -- --customer <uuid> [--role <role>] [--agent <uuid>] [--expires 30m|12h|7d]
  --customer  whose groupcalls; a platform_admin needs none
  --role      customer_admin (default), customer_manager, customer_agent, platform_admin
  --agent     whose own groupcalls; a customer_agent needs one
  --expires   how long it is valid, 12h if not said`;

try {
  const { values } = parseArgs({
    options: {
      customer: { type: 'string' },
      role: { type: 'string', default: 'customer_admin' },
      agent: { type: 'string' },
      expires: { type: 'string', default: '12h' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
  } else {
    if (!/^[1-9]\d{0,5}[mhd]$/.test(values.expires)) throw new Error('--expires must be like 30m, 12h or 7d');
    await prepare();
    process.chdir(root);
    const { AccessTokens, resolveSettings } = await import('../apps/api/dist/index.js');
    const claims = { role: values.role, customerId: values.customer, agentId: values.agent };
    process.stdout.write(
      `${await new AccessTokens(resolveSettings(process.env).tokens).issue(claims, values.expires)}\n`,
    );
  }
} catch (error) {
  process.stderr.write(`groupcall: ${error.message}\n${USAGE}\n`);
  process.exitCode = 1;
}
