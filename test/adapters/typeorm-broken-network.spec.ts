import { describeWithMariaDb } from '../support/servers.js';
import { describeBrokenNetwork } from './storage/broken-network.js';
import { mariaDbSource, postgresSource, processesOnMariaDb, processesOnPostgres } from './storage/sources.js';

describeBrokenNetwork('PostgreSQL', {
  processes: processesOnPostgres,
  sourceOf: postgresSource,
  commitMarker: 'turn AS MATERIALIZED',
});

describeWithMariaDb('Storage', () =>
  describeBrokenNetwork('MariaDB', {
    processes: processesOnMariaDb,
    sourceOf: mariaDbSource,
    // As a command of its own: the isolation level READ COMMITTED is none.
    commitMarker: '\u0003COMMIT',
  }),
);
