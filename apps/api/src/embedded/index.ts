export { EmbeddedPostgresError } from './embedded-postgres.error.js';
export { startEmbeddedPostgres, stopLeftBehind } from './embedded-postgres.js';
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.js';
