import { RedisServer } from '../support/redis-server.js';
import { describeWithRedis } from '../support/servers.js';
import { describeQueuesPage } from './queues.page.js';

describeWithRedis('with Redis', () => {
  describeQueuesPage('The queues in a browser, alarms on Redis', 'queues-redis', async () => {
    const redis = await (await RedisServer.reserve()).start();
    return { env: { REDIS_URL: redis.url }, close: () => redis.stop() };
  });
});
