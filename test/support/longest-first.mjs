import Sequencer from '@jest/test-sequencer';

/**
 * What takes longest, by measurement: begun last, one of them would keep a single worker busy while the others are done.
 * Those that mostly wait stand between those that mostly compute, so that neither comes together.
 */
const LONGEST = [
  'test/scenarios/http.e2e.spec.ts',
  'test/adapters/alarms-of-record.spec.ts',
  'test/browser/queues-postgres.spec.ts',
  'test/e2e/server-start.spec.ts',
  'test/e2e/queue-board.spec.ts',
  'test/adapters/embedded-postgres.spec.ts',
  'test/browser/queues-redis.spec.ts',
  'test/e2e/five-hundred.spec.ts',
  'test/adapters/command-queue-postgres.spec.ts',
  'test/simulation/simulation.spec.ts',
  'test/adapters/typeorm-mariadb-faults.spec.ts',
  'test/browser/console.spec.ts',
  'test/adapters/typeorm-broken-network.spec.ts',
  'test/browser/accessibility.spec.ts',
  'test/adapters/command-queue-redis.spec.ts',
  'test/e2e/command-queue.spec.ts',
  'test/e2e/main-job.spec.ts',
  'test/property/packed-tree.spec.ts',
  'test/e2e/kill-nine.spec.ts',
  'test/adapters/bullmq-postgres.spec.ts',
  'test/scenarios/runtime.unit.spec.ts',
  'test/adapters/bullmq-redis.spec.ts',
  'test/docs/code-blocks.spec.ts',
  'test/e2e/http-outages.spec.ts',
  'test/adapters/typeorm-places.spec.ts',
  'test/browser/console-outages.spec.ts',
  'test/property/preview.spec.ts',
  'test/e2e/retention.spec.ts',
  'test/adapters/typeorm-postgres-faults.spec.ts',
  'test/adapters/simulator.spec.ts',
  'test/e2e/security/route-security.spec.ts',
  'test/adapters/typeorm-mariadb.spec.ts',
  'test/e2e/http-operations.spec.ts',
  'test/adapters/typeorm-postgres.spec.ts',
  'test/property/keep-others.spec.ts',
  'test/property/hangup-others.spec.ts',
];

/** A fresh clone knows no durations, and jest would go by the size of the files. */
export default class LongestFirst extends Sequencer {
  /** The tiers have one name (jest.config.mjs), and so one file of durations and failures, which is for all of them. */
  _getCache(test) {
    this.context ??= test.context;
    return super._getCache({ ...test, context: this.context });
  }

  sort(tests) {
    const place = ({ path }) => {
      const index = LONGEST.findIndex((name) => path.endsWith(name));
      return index < 0 ? LONGEST.length : index;
    };
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
}
