// `npm run fuzz -- [--inputs 50000] [--seed n]`: builds what is stale and throws inputs at a server of its own.
import { register } from 'node:module';
import { prepare } from '../../scripts/prepare.mjs';

await prepare();
register('../support/typescript-hooks.mjs', import.meta.url);
await import('./main.ts');
