import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import {
  DEFAULT_CAPACITY,
  DEFAULT_LIMITS,
  type DialPolicy,
  type GroupcallLimits,
} from '@groupcall/groupcall';
import type { TokenSettings } from './auth/index.js';
import { keptSecret } from './config/kept-secret.js';
import {
  addresses,
  databaseUrl,
  listOf,
  oneOf,
  secret,
  text,
  url,
  wholeNumber,
  type Parser,
} from './config/parsers.js';
import { SettingsError } from './config/settings.error.js';
import { findMisspelled } from './config/unknown-variables.js';

interface Variable<T, Default extends string | null = string | null> {
  readonly meaning: string;
  /** As one would write it; null = not set. */
  readonly default: Default;
  readonly parse: Parser<T>;
}

const variable = <T>(meaning: string, fallback: string, parse: Parser<T>): Variable<T, string> => ({
  meaning,
  default: fallback,
  parse,
});
const optional = <T>(meaning: string, parse: Parser<T>): Variable<T, null> => ({
  meaning,
  default: null,
  parse,
});
const limit = (meaning: string, fallback: number) =>
  variable(`${meaning}; 0 = no limit`, String(fallback), wholeNumber(0, 1_000_000_000));

/** Every environment variable of the server. An empty one counts as not set. */
export const VARIABLES = {
  NODE_ENV: variable(
    'production demands its own secrets and database',
    'development',
    oneOf('development', 'test', 'production'),
  ),
  PORT: variable('TCP port to listen on; 0 = any free one', '3000', wholeNumber(0, 65_535)),
  HOST: variable('address to listen on; 0.0.0.0 = all', '127.0.0.1', text),
  TRUSTED_PROXIES: optional(
    'whose X-Forwarded-For is believed, like 10.0.0.0/8 or uniquelocal; not set = nobody: behind a proxy all who log in at /admin count as one address',
    addresses,
  ),
  DATA_DIR: variable(
    'folder of the embedded database and of the secrets made for development',
    '.data',
    text,
  ),
  DATABASE_URL: optional('PostgreSQL to use; not set = an embedded one', databaseUrl),
  REDIS_URL: optional(
    'Redis for the alarm queue; not set = the queue lives in the database',
    url('redis:', 'rediss:'),
  ),
  JWT_SECRET: optional(
    'HS256 key of the access tokens, and what page tokens and admin sessions are sealed with; not set = made and kept in DATA_DIR',
    secret(32),
  ),
  JWT_PREVIOUS_SECRET: optional(
    'the JWT_SECRET before, still accepted while it is being changed',
    secret(32),
  ),
  JWT_JWKS_URL: optional(
    'where an identity provider shows its public keys; set = access tokens are accepted from there only',
    url('https:', 'http:'),
  ),
  JWT_ISSUER: variable('the iss that access tokens must have', 'groupcall', text),
  JWT_AUDIENCE: variable('the aud that access tokens must have', 'groupcall-api', text),
  ADMIN_PASSWORD: optional('password of admin at /admin; not set = made and kept in DATA_DIR', secret(12)),
  METRICS_ACCESS: optional(
    'who reads /metrics: public, or admin = platform_admin tokens; not set = admin in production',
    oneOf('public', 'admin'),
  ),
  COMMAND_QUEUE: variable(
    'on = take commands of services that import the GroupcallClientModule; whoever reaches the queue may then give them',
    'off',
    oneOf('on', 'off'),
  ),
  CALL_GATEWAY: variable('what places the calls', 'simulated', oneOf('simulated')),
  ALLOW_SIMULATED_CALLS: variable(
    'true = production may run with CALL_GATEWAY=simulated, which rings nobody: for demonstrations',
    'false',
    oneOf('true', 'false'),
  ),
  LOG_LEVEL: variable(
    'least important messages to log',
    'log',
    oneOf('error', 'warn', 'log', 'debug', 'verbose'),
  ),
  LOG_FORMAT: optional(
    'text for people, json = one object a line for programs; not set = json in production',
    oneOf('json', 'text'),
  ),
  LIMIT_DESTINATIONS: limit('destinations per request, nested ones included', DEFAULT_LIMITS.destinations),
  LIMIT_LEGS_PER_TREE: limit('calls one groupcall may place in all', DEFAULT_LIMITS.legsPerTree),
  LIMIT_DEPTH: limit('levels of nested groupcalls', DEFAULT_LIMITS.depth),
  LIMIT_LIVE_LEGS: limit('calls of one customer at the same time', DEFAULT_LIMITS.liveLegs),
  LIMIT_GROUPCALLS_PER_SECOND: limit(
    'new groupcalls of one customer per second',
    DEFAULT_LIMITS.groupcallsPerSecond,
  ),
  LIMIT_LEGS_PER_SECOND: limit(
    'calls of one customer placed within any second, more wait for their turn',
    DEFAULT_LIMITS.legsPerSecond,
  ),
  LIMIT_LEGS_PER_NUMBER_PER_MINUTE: limit(
    'calls of one customer to one phone number within any minute, more are refused',
    DEFAULT_LIMITS.legsPerNumberPerMinute,
  ),
  DIAL_TEL_PREFIXES: optional(
    'what phone numbers may begin with, like +49,+1555; not set = every number may be dialled',
    listOf(/^\+\d{1,15}$/, 'beginnings of phone numbers like +49,+1555'),
  ),
  DIAL_SIP_HOSTS: optional(
    'hosts that sip targets may have, like pbx.example.com,*.branch.example.com; not set = every host',
    listOf(/^(\*\.)?[\w.:-]+$/, 'host names without a port like pbx.example.com,*.example.com'),
  ),
  RETENTION_DAYS: variable(
    'days after which ended groupcalls are removed for good; 0 = never',
    '0',
    wholeNumber(0, 36_500),
  ),
  LIMIT_BODY_BYTES: limit('bytes of a request body', 256 * 1024),
  RESIDENT_TREES: variable(
    'groupcalls kept in memory between their turns, the least recently used one goes first',
    String(DEFAULT_CAPACITY.residentTrees),
    wholeNumber(1, 1_000_000_000),
  ),
};

type Variables = typeof VARIABLES;
type Values = {
  [N in keyof Variables]: Variables[N] extends Variable<infer T, infer D> ? T | Extract<D, null> : never;
};
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the server runs on: read once from the environment, checked, nothing missing. */
export interface Settings {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  /** Addresses, networks and words that Express knows. */
  readonly trustedProxies: readonly string[];
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly redisUrl: string | null;
  readonly tokens: TokenSettings;
  readonly adminPassword: string;
  /** Whether ADMIN_PASSWORD was given; if not, it is told at the start. */
  readonly adminPasswordGiven: boolean;
  readonly metricsArePublic: boolean;
  /** Whether commands of other processes are taken. */
  readonly takesCommands: boolean;
  readonly callGateway: 'simulated';
  readonly logLevel: Values['LOG_LEVEL'];
  readonly logFormat: 'json' | 'text';
  readonly limits: GroupcallLimits;
  readonly dialPolicy: DialPolicy;
  /** 0 = ended groupcalls are kept. */
  readonly retentionDays: number;
  /** Bytes; 0 = no limit. */
  readonly bodyLimit: number;
  readonly residentTrees: number;
}

/**
 * Reads and checks everything at once. Secrets that are not given are made and kept below `DATA_DIR`, except in production.
 * @param keep reads the kept secret of a file, or makes it
 * @throws SettingsError, one sentence that names the variable
 */
export function resolveSettings(env: Environment, keep: typeof keptSecret = keptSecret): Settings {
  const misspelled = findMisspelled(env, Object.keys(VARIABLES));
  if (misspelled) {
    const hint = misspelled.meant
      ? `did you mean ${misspelled.meant}?`
      : `known are ${Object.keys(VARIABLES).join(', ')}.`;
    throw new SettingsError(`${misspelled.name} is not a variable of this server: ${hint}`);
  }
  const values = readValues(env);
  refuseContradictions(values);
  const dataDir = resolve(values.DATA_DIR);
  return {
    production: values.NODE_ENV === 'production',
    port: values.PORT,
    host: values.HOST,
    trustedProxies: values.TRUSTED_PROXIES ?? [],
    dataDir,
    databaseUrl: values.DATABASE_URL,
    redisUrl: values.REDIS_URL,
    tokens: {
      secret:
        values.JWT_SECRET ?? keep(join(dataDir, 'jwt-secret'), () => randomBytes(32).toString('base64url')),
      previousSecret: values.JWT_PREVIOUS_SECRET,
      jwksUrl: values.JWT_JWKS_URL,
      issuer: values.JWT_ISSUER,
      audience: values.JWT_AUDIENCE,
    },
    adminPassword:
      values.ADMIN_PASSWORD ??
      keep(join(dataDir, 'admin-password'), () => randomBytes(12).toString('base64url')),
    adminPasswordGiven: values.ADMIN_PASSWORD !== null,
    metricsArePublic:
      (values.METRICS_ACCESS ?? (values.NODE_ENV === 'production' ? 'admin' : 'public')) === 'public',
    takesCommands: values.COMMAND_QUEUE === 'on',
    callGateway: values.CALL_GATEWAY,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (values.NODE_ENV === 'production' ? 'json' : 'text'),
    limits: {
      destinations: values.LIMIT_DESTINATIONS,
      legsPerTree: values.LIMIT_LEGS_PER_TREE,
      depth: values.LIMIT_DEPTH,
      liveLegs: values.LIMIT_LIVE_LEGS,
      groupcallsPerSecond: values.LIMIT_GROUPCALLS_PER_SECOND,
      legsPerSecond: values.LIMIT_LEGS_PER_SECOND,
      legsPerNumberPerMinute: values.LIMIT_LEGS_PER_NUMBER_PER_MINUTE,
    },
    retentionDays: values.RETENTION_DAYS,
    dialPolicy: { telPrefixes: values.DIAL_TEL_PREFIXES ?? [], sipHosts: values.DIAL_SIP_HOSTS ?? [] },
    bodyLimit: values.LIMIT_BODY_BYTES,
    residentTrees: values.RESIDENT_TREES,
  };
}

function readValues(env: Environment): Values {
  const entries = Object.entries<Variable<unknown>>(VARIABLES).map(([name, { default: fallback, parse }]) => {
    const written = env[name]?.trim() || fallback;
    if (written === null) return [name, null];
    try {
      return [name, parse(written)];
    } catch (error) {
      throw new SettingsError(`${name} must be ${(error as Error).message}.`);
    }
  });
  return Object.fromEntries(entries) as Values;
}

/** What each is fine by itself and cannot be meant together. */
function refuseContradictions(values: Values): void {
  if (values.JWT_JWKS_URL !== null && values.JWT_PREVIOUS_SECRET !== null) {
    throw new SettingsError('JWT_PREVIOUS_SECRET means nothing with JWT_JWKS_URL: remove one of them.');
  }
  if (values.NODE_ENV === 'production') refuseDevelopmentDefaults(values);
}

/** What everybody can read in a repository is no secret. */
const SAMPLE_SECRET = /change[-_ ]?me|example|development|placeholder|your[-_ ]|(.)\1{15}/i;

function refuseDevelopmentDefaults(values: Values): void {
  for (const name of ['DATABASE_URL', 'JWT_SECRET', 'ADMIN_PASSWORD'] as const) {
    if (values[name] === null) {
      throw new SettingsError(
        `NODE_ENV=production needs ${name}: what is made for development is not used there.`,
      );
    }
  }
  for (const name of ['JWT_SECRET', 'JWT_PREVIOUS_SECRET', 'ADMIN_PASSWORD'] as const) {
    if (SAMPLE_SECRET.test(values[name] ?? ''))
      throw new SettingsError(
        `NODE_ENV=production refuses this ${name}: it looks like a sample, make one of your own.`,
      );
  }
  if (values.CALL_GATEWAY === 'simulated' && values.ALLOW_SIMULATED_CALLS !== 'true') {
    throw new SettingsError(
      'NODE_ENV=production refuses CALL_GATEWAY=simulated, which rings nobody: for a demonstration set ALLOW_SIMULATED_CALLS=true.',
    );
  }
  if (values.JWT_JWKS_URL?.startsWith('http:')) {
    throw new SettingsError(
      'NODE_ENV=production needs an https:// JWT_JWKS_URL: whoever changes the keys on the way can be anybody.',
    );
  }
}
