// As much of a Dockerfile as ours uses, carried out in a folder per stage: no Docker engine is needed to see that its steps work.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The instructions of each stage, in order. */
export function parseDockerfile(text) {
  const lines = text
    .replace(/^\s*#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n');
  const stages = [];
  for (const line of lines.map((one) => one.trim()).filter(Boolean)) {
    const [, word, rest] = /^(\w+)\s+(.*)$/.exec(line);
    if (word === 'FROM') {
      const [image, , name] = rest.split(/\s+/);
      stages.push({ image, name: name ?? 'final', steps: [] });
    } else stages.at(-1).steps.push({ word, rest });
  }
  return stages;
}

/** Carries the stages out below `work`. @returns the last one: its folder, environment, user and command */
export function buildStages(stages, { context, work, log }) {
  const folders = new Map();
  let last;
  for (const { name, steps } of stages) {
    const root = join(work, name);
    mkdirSync(root, { recursive: true });
    folders.set(name, root);
    last = { root, cwd: root, env: {}, user: '0:0', command: [], healthcheck: [] };
    for (const { word, rest } of steps) carryOut(word, rest, last, { context, folders, log });
  }
  return last;
}

function carryOut(word, rest, stage, { context, folders, log }) {
  switch (word) {
    case 'WORKDIR':
      stage.cwd = join(stage.root, rest);
      mkdirSync(stage.cwd, { recursive: true });
      return;
    case 'ENV':
      for (const pair of rest.split(/\s+/)) stage.env[pair.split('=')[0]] = pair.slice(pair.indexOf('=') + 1);
      return;
    case 'USER':
      stage.user = rest;
      return;
    case 'CMD':
      stage.command = JSON.parse(rest);
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4));
      return;
    case 'EXPOSE':
      return;
    case 'COPY':
      return copy(rest.split(/\s+/), stage, { context, folders });
    case 'RUN': {
      log(`RUN ${rest}`);
      const { status, stderr, stdout } = spawnSync('sh', ['-c', rest], {
        cwd: stage.cwd,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...npmSettings(), ...stage.env },
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`RUN ${rest} failed with ${status}:\n${stdout}\n${stderr}`);
      return;
    }
    default:
      throw new Error(`This Dockerfile uses ${word}, which its check does not know.`);
  }
}

/** Where this machine's npm gets packages from. */
function npmSettings() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^npm_config_(registry|cafile|cache|proxy|https_proxy)$/i.test(name),
    ),
  );
}

/** Left out as .dockerignore says. */
const IGNORED = /(^|\/)(node_modules|dist|\.git|\.data)(\/|$)|\.tsbuildinfo$|\.spec\.ts$/;

function copy(words, stage, { context, folders }) {
  const from = words[0].startsWith('--from=') ? words.shift().slice('--from='.length) : undefined;
  const base = from === undefined ? context : folders.get(from);
  const target = words.pop();
  for (const source of words) {
    const path = join(base, source);
    if (!existsSync(path)) throw new Error(`COPY ${source}: there is no such file.`);
    const isFolder = target.endsWith('/') && !source.endsWith('/') && words.length > 1;
    const to =
      isFolder || (target === './' && from === undefined)
        ? join(stage.cwd, target, source.split('/').pop())
        : join(stage.cwd, target);
    mkdirSync(dirname(to), { recursive: true });
    const filter = (one) => from !== undefined || !IGNORED.test(one.slice(base.length + 1));
    cpSync(path, to, { recursive: true, filter, verbatimSymlinks: true });
  }
}

export const readDockerfile = (file) => parseDockerfile(readFileSync(file, 'utf8'));
