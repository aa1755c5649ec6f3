/** A server that some suites need and that a developer's machine may lack. */
export interface Server {
  readonly name: string;
  /** The environment variable that says where it is. */
  readonly variable: string;
  readonly defaultUrl: string;
  readonly howToStart: string;
}

export const REDIS: Server = {
  name: 'Redis',
  variable: 'TEST_REDIS_URL',
  defaultUrl: 'redis://127.0.0.1:6379',
  howToStart: 'redis-server --save "" --appendonly no',
};

export const MARIADB: Server = {
  name: 'MariaDB',
  variable: 'TEST_MARIADB_URL',
  defaultUrl: 'mysql://root@127.0.0.1:3306/test',
  howToStart: 'mariadbd-safe (a database "test", and root without a password over TCP)',
};

/** Where the global set-up noted the names of the servers that did not answer, separated by commas. */
export const ABSENT_VARIABLE = 'TEST_ABSENT_SERVERS';

export const redisUrl = (): string => urlOf(REDIS);
export const mariaDbUrl = (): string => urlOf(MARIADB);

export function urlOf(server: Server): string {
  return process.env[server.variable] || server.defaultUrl;
}

/** A suite that talks to Redis: skipped, by a name that says so, when there is none; with `CI=true` that is a failure. */
export const describeWithRedis = (name: string, suite: () => void): void => describeWith(REDIS, name, suite);
/** The same for MariaDB. */
export const describeWithMariaDb = (name: string, suite: () => void): void =>
  describeWith(MARIADB, name, suite);

function describeWith(server: Server, name: string, suite: () => void): void {
  const absent = process.env[ABSENT_VARIABLE];
  if (absent === undefined) {
    throw new Error(
      `"${name}" needs ${server.name}: it belongs in test/adapters or test/e2e, where servers are looked for.`,
    );
  }
  if (!absent.split(',').includes(server.name)) return describe(name, suite);
  const reason = `${server.name} does not answer at ${urlOf(server)}; start it with: ${server.howToStart}`;
  if (process.env.CI === 'true') throw new Error(`"${name}" cannot run: ${reason}`);
  describe.skip(`${name} (skipped: ${reason})`, suite);
}
