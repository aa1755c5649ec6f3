import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { resolveSettings, VARIABLES } from '../../apps/api/src/app.config.js';

interface Service {
  image: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, unknown> | string[];
  healthcheck?: unknown;
  read_only?: boolean;
  networks: string[];
  command?: string[];
  volumes?: string[];
  ports?: string[];
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { internal?: boolean } | null>;
}

const read = (file: string) => readFileSync(join(process.cwd(), 'deploy', file), 'utf8');
const compose = load(read('compose.yaml')) as Compose;
const apis = Object.keys(compose.services).filter((name) => name.startsWith('api'));
/** What somebody who has filled in `.env` gets. */
const filled = (text: string) =>
  text.replace(/\$\{(\w+):\?[^}]*\}/g, (_, name: string) => `${name}-q7Zk3vQ9rT7yUe5WmN1xBc8Ld`);

describe('the compose file', () => {
  it('has three API processes, a database, a queue and nginx, each of a fixed version', () => {
    expect(apis).toEqual(['api1', 'api2', 'api3']);
    expect(Object.keys(compose.services).sort()).toEqual([...apis, 'nginx', 'postgres', 'redis'].sort());
    for (const [name, { image }] of Object.entries(compose.services)) {
      if (!apis.includes(name)) expect(image).toMatch(/^[a-z]+:\d+[\w.-]+$/);
    }
  });

  it.each(['api1', 'api2', 'api3'])('gives %s settings with which production starts', (name) => {
    const environment = compose.services[name].environment!;
    expect(Object.keys(environment).filter((one) => !(one in VARIABLES))).toEqual([]);
    const settings = resolveSettings(
      Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filled(String(value))])),
    );
    expect(settings).toMatchObject({
      production: true,
      metricsArePublic: false,
      redisUrl: 'redis://redis:6379',
    });
    expect(compose.services[name].read_only).toBe(true);
  });

  it('has no secret in it, and none by default', () => {
    const example = read('.env.example')
      .split('\n')
      .filter((line) => line.includes('='));
    for (const line of example) expect(line).toMatch(/^\w+=$/);
    const wanted = [...new Set([...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name))];
    expect(wanted.sort()).toEqual(example.map((line) => line.slice(0, -1)).sort());
    expect(read('compose.yaml')).not.toMatch(/\$\{\w+:?-/);
  });

  it('names only what is there', () => {
    for (const service of Object.values(compose.services)) {
      const needed = Array.isArray(service.depends_on)
        ? service.depends_on
        : Object.keys(service.depends_on ?? {});
      for (const name of needed) expect(Object.keys(compose.services)).toContain(name);
      for (const name of service.networks) expect(Object.keys(compose.networks)).toContain(name);
      for (const volume of service.volumes ?? []) {
        const [source] = volume.split(':');
        if (source.startsWith('.')) expect(read(source.slice(2))).not.toBe('');
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  it('shows only nginx to the outside, and Redis does not forget', () => {
    expect(compose.networks.inside).toEqual({ internal: true });
    for (const [name, { networks, ports }] of Object.entries(compose.services)) {
      expect([name, networks.includes('outside'), ports !== undefined]).toEqual([
        name,
        name === 'nginx',
        name === 'nginx',
      ]);
    }
    expect(compose.services.redis.command).toEqual(
      expect.arrayContaining(['--maxmemory-policy', 'noeviction']),
    );
    for (const name of ['postgres', 'redis']) expect(compose.services[name].healthcheck).toBeDefined();
  });

  it('has every API process behind nginx', () => {
    const servers = [...read('nginx.conf').matchAll(/server (\w+):3000/g)].map(([, name]) => name);
    expect(servers).toEqual(apis);
  });
});

describe('the image', () => {
  it('runs nothing as root and no install script, has a health check, and Node as it is measured', () => {
    const text = read('Dockerfile');
    expect(text).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(text).toMatch(/^HEALTHCHECK /m);
    const [young] = text.match(/--max-semi-space-size=\d+/) ?? [];
    // As `npm start`, what the bench measures, and what hosts are told.
    for (const file of ['scripts/start.mjs', 'bench/lab/child.ts', 'docs/scaling.md'])
      expect([file, readFileSync(join(process.cwd(), file), 'utf8').includes(young!)]).toEqual([file, true]);
    const ci = readFileSync(join(process.cwd(), '.ci/run'), 'utf8');
    const installs = [...`${text}\n${ci}`.matchAll(/^[^#\n]*\bnpm ci --.*$/gm)];
    expect(installs.length).toBe(3);
    for (const [line] of installs) expect(line).toContain('--ignore-scripts');
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).not.toContain('node:latest');
  });
});
