import { resolve } from 'node:path';
import { resolveSettings, type Environment } from './app.config.js';
import { SettingsError } from './config/settings.error.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://app:pw@db/groupcall',
  JWT_SECRET: 'Zk3vQ9-rT7yUe5WmN1xBc8LdF2hJs6Pa',
  ADMIN_PASSWORD: 'b4tt3ry staple',
  ALLOW_SIMULATED_CALLS: 'true',
};
const kept: string[] = [];
const keep = (file: string) => {
  kept.push(file);
  return `kept ${file}`;
};
const settingsOf = (env: Environment) => resolveSettings(env, keep);
const refusalOf = (env: Environment): string => {
  try {
    settingsOf(env);
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    return (error as Error).message;
  }
  throw new Error('was not refused');
};

describe('settings', () => {
  beforeEach(() => kept.splice(0));

  it('need nothing: every variable has a default', () => {
    const settings = settingsOf({});
    expect(settings).toMatchObject({
      production: false,
      port: 3000,
      host: '127.0.0.1',
      dataDir: resolve('.data'),
      databaseUrl: null,
      redisUrl: null,
      callGateway: 'simulated',
      metricsArePublic: true,
      bodyLimit: 262_144,
      residentTrees: 10_000,
      limits: {
        destinations: 100,
        legsPerTree: 200,
        depth: 5,
        liveLegs: 500,
        groupcallsPerSecond: 20,
        legsPerSecond: 0,
      },
      dialPolicy: { telPrefixes: [], sipHosts: [] },
    });
    expect(kept).toEqual([resolve('.data/jwt-secret'), resolve('.data/admin-password')]);
  });

  it('read which proxies are believed', () => {
    expect(settingsOf({ TRUSTED_PROXIES: 'loopback, 10.0.0.0/8,fd00::7' }).trustedProxies).toEqual([
      'loopback',
      '10.0.0.0/8',
      'fd00::7',
    ]);
  });

  it('read where calls may go', () => {
    expect(
      settingsOf({ DIAL_TEL_PREFIXES: '+49, +1555', DIAL_SIP_HOSTS: 'sim,*.example.com' }).dialPolicy,
    ).toEqual({
      telPrefixes: ['+49', '+1555'],
      sipHosts: ['sim', '*.example.com'],
    });
  });

  it('treat an empty variable as one that is not set', () => {
    expect(settingsOf({ REDIS_URL: '', PORT: ' ' })).toMatchObject({ redisUrl: null, port: 3000 });
  });

  it('read limits, where 0 is no limit', () => {
    expect(settingsOf({ LIMIT_DEPTH: '0', LIMIT_BODY_BYTES: '1000' })).toMatchObject({
      limits: { depth: 0 },
      bodyLimit: 1000,
    });
  });

  it('read how much is kept in memory, which is never nothing', () => {
    expect(settingsOf({ RESIDENT_TREES: '500' }).residentTrees).toBe(500);
    expect(refusalOf({ RESIDENT_TREES: '0' })).toContain('RESIDENT_TREES must be a whole number from 1');
  });

  it('keep no secret of their own in production', () => {
    expect(settingsOf(PRODUCTION)).toMatchObject({ production: true, metricsArePublic: false });
    expect(kept).toEqual([]);
  });

  it.each([
    [
      { DATABSE_URL: 'postgres://db/x' },
      'DATABSE_URL is not a variable of this server: did you mean DATABASE_URL?',
    ],
    [{ REDIS_URI: 'redis://r' }, 'REDIS_URI is not a variable of this server: did you mean REDIS_URL?'],
    [{ port: '3000' }, 'port is not a variable of this server: did you mean PORT?'],
    [
      { LIMIT_LEGS_PER_TREES: '3' },
      'LIMIT_LEGS_PER_TREES is not a variable of this server: did you mean LIMIT_LEGS_PER_TREE?',
    ],
    [{ PORT: '3000.5' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ LIMIT_DEPTH: '-1' }, 'LIMIT_DEPTH must be a whole number from 0 to 1000000000.'],
    [
      { DATABASE_URL: 'mysql://root@db/x' },
      'DATABASE_URL must be a postgres:// URL: MySQL and MariaDB are not supported yet.',
    ],
    [
      { DATABASE_URL: 'db.example.com' },
      'DATABASE_URL must be a URL that begins with postgres:// or postgresql://.',
    ],
    [{ REDIS_URL: 'http://r' }, 'REDIS_URL must be a URL that begins with redis:// or rediss://.'],
    [{ CALL_GATEWAY: 'asterisk' }, 'CALL_GATEWAY must be simulated: nothing else is supported yet.'],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET must be at least 32 characters long.'],
    [{ LOG_FORMAT: 'xml' }, 'LOG_FORMAT must be one of json, text.'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of error, warn, log, debug, verbose.'],
    [
      { TRUSTED_PROXIES: '10.0.0.0/33' },
      'TRUSTED_PROXIES must be a list, separated by commas, of addresses like 10.0.0.7, of networks like 10.0.0.0/8, or of the words loopback, linklocal and uniquelocal.',
    ],
    [
      { DIAL_TEL_PREFIXES: '49' },
      'DIAL_TEL_PREFIXES must be a list, separated by commas, of beginnings of phone numbers like +49,+1555.',
    ],
    [
      { DIAL_SIP_HOSTS: 'sip:a@b' },
      'DIAL_SIP_HOSTS must be a list, separated by commas, of host names without a port like pbx.example.com,*.example.com.',
    ],
    [{ NODE_ENV: 'prod' }, 'NODE_ENV must be one of development, test, production.'],
  ])('refuse %j with one sentence', (env, sentence) => {
    expect(refusalOf(env)).toBe(sentence);
  });

  it('refuse an unknown name with one of our prefixes and say which there are', () => {
    expect(refusalOf({ LIMIT_SPEED: '1' })).toMatch(
      /^LIMIT_SPEED is not a variable of this server: known are .*LIMIT_DEPTH/,
    );
  });

  it.each(['DATABASE_URL', 'JWT_SECRET', 'ADMIN_PASSWORD'])('refuse production without %s', (name) => {
    expect(refusalOf({ ...PRODUCTION, [name]: undefined })).toBe(
      `NODE_ENV=production needs ${name}: what is made for development is not used there.`,
    );
  });

  it.each(['JWT_SECRET', 'JWT_PREVIOUS_SECRET', 'ADMIN_PASSWORD'])(
    'refuse in production a %s that looks like a sample',
    (name) => {
      for (const sample of [
        `change-me-${'x1'.repeat(16)}`,
        'a'.repeat(40),
        'only-for-development-0123456789abcdef',
      ]) {
        expect(refusalOf({ ...PRODUCTION, [name]: sample })).toBe(
          `NODE_ENV=production refuses this ${name}: it looks like a sample, make one of your own.`,
        );
      }
      expect(settingsOf({ [name]: 'a'.repeat(40) }).production).toBe(false);
    },
  );

  it('refuse in production phones that ring nobody, unless somebody wants just that', () => {
    for (const CALL_GATEWAY of ['simulated', undefined]) {
      expect(refusalOf({ ...PRODUCTION, CALL_GATEWAY, ALLOW_SIMULATED_CALLS: undefined })).toBe(
        'NODE_ENV=production refuses CALL_GATEWAY=simulated, which rings nobody: for a demonstration set ALLOW_SIMULATED_CALLS=true.',
      );
    }
    expect(settingsOf(PRODUCTION).callGateway).toBe('simulated');
  });

  it('log for programs in production and for people elsewhere, unless told otherwise', () => {
    expect(settingsOf({}).logFormat).toBe('text');
    expect(settingsOf(PRODUCTION).logFormat).toBe('json');
    expect(settingsOf({ LOG_FORMAT: 'json' }).logFormat).toBe('json');
    expect(settingsOf({ ...PRODUCTION, LOG_FORMAT: 'text' }).logFormat).toBe('text');
  });

  it('take the keys of an identity provider, in production over TLS only', () => {
    const JWT_JWKS_URL = 'https://id.example.org/keys';
    expect(settingsOf({ ...PRODUCTION, JWT_JWKS_URL }).tokens.jwksUrl).toBe(JWT_JWKS_URL);
    expect(refusalOf({ ...PRODUCTION, JWT_JWKS_URL: 'http://id.example.org/keys' })).toMatch(
      /^NODE_ENV=production needs an https:\/\/ JWT_JWKS_URL/,
    );
    expect(refusalOf({ JWT_JWKS_URL, JWT_PREVIOUS_SECRET: 'x'.repeat(32) })).toMatch(
      /^JWT_PREVIOUS_SECRET means nothing/,
    );
  });

  it('never repeat a secret in a refusal', () => {
    expect(refusalOf({ DATABASE_URL: 'mysql://root:hunter2@db' })).not.toContain('hunter2');
    expect(refusalOf({ ADMIN_PASSWORD: 'hunter2' })).not.toContain('hunter2');
  });

  it('leave the variables of other programs alone', () => {
    const others = {
      PATH: '/bin',
      HOSTNAME: 'x',
      LOGNAME: 'me',
      TEST_DATABASE_URL: 'y',
      npm_config_loglevel: 'silent',
      DEBUG: '1',
    };
    expect(settingsOf(others).port).toBe(3000);
  });
});
