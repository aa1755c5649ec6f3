import { resolve } from 'node:path';
import { resolveSettings, type Environment } from './app.config.js';
import { SettingsError } from './config/settings.error.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://app:pw@db/groupcall',
  JWT_SECRET: 'a'.repeat(32),
  ADMIN_PASSWORD: 'b'.repeat(12),
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
      limits: { destinations: 100, legsPerTree: 200, depth: 5, liveLegs: 500, groupcallsPerSecond: 20 },
    });
    expect(kept).toEqual([resolve('.data/jwt-secret'), resolve('.data/admin-password')]);
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
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of error, warn, log, debug, verbose.'],
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
