import { describeQueuesPage } from './queues.page.js';

describeQueuesPage('The queues in a browser, alarms on PostgreSQL', 'queues-postgres', async () => ({
  env: {},
  close: () => Promise.resolve(),
}));
