// The host that a reader of the package's README gets: files and commands are taken from the page, nothing is added.
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/prepare.mjs';
import { command, Failure } from './command.mjs';

const PAGE = join(root, 'libs/groupcall/README.md');
const SECTION = /^## From an empty folder to a ringing phone$(.*?)^## /ms;
/** A line that begins with a file's name, or nothing, and the block below it. */
const BLOCK = /(?:^`([^`\n]+)`[^\n]*\n\n)?^```(\w*)\n(.*?)^```$/gms;

/** What a reader has and we do not: the package in a registry. */
const fromRegistry = (line, tarball) => line.replace(/\bnestjs-groupcall\b/, tarball);

/**
 * @param {string} folder made here, empty
 * @param {(run: (env: object) => Promise<string>) => Promise<string>} withServers
 */
export async function readmeHost(folder, tarball, withServers) {
  mkdirSync(folder);
  const [, section] = SECTION.exec(readFileSync(PAGE, 'utf8')) ?? [];
  if (!section) throw new Failure(`${PAGE} has no section that begins with an empty folder.`);
  const blocks = [...section.matchAll(BLOCK)].map(([, file, language, text]) => ({ file, language, text }));
  const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text);
  const printed = blocks.find(({ language }) => language === '')?.text;
  if (commands.length !== 2 || !printed)
    throw new Failure(`${PAGE}: two blocks of commands and one of output are expected.`);

  for (const { file, text } of blocks) {
    if (!file) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const shell = (text, env, limit) =>
    command(`set -e\n${text}`, [], { cwd: folder, env, limit, shell: true });
  const quiet = { npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
  await shell(fromRegistry(commands[0], tarball), quiet, 180_000);
  const output = await withServers((env) => shell(commands[1], env, 60_000));
  const pattern = lines(printed).map(withoutId);
  const found = lines(output).map(withoutId);
  if (JSON.stringify([...found].sort()) !== JSON.stringify([...pattern].sort()))
    throw new Failure(`The README says that it prints\n${printed}\nand it prints\n${output}`);
}

const lines = (text) => text.trim().split('\n');
/** Ids differ; who of two phones is rung first or answers first is chance. */
const withoutId = (line) =>
  line.replace(/[0-9a-f]{8}-[-0-9a-f]{27}/, '<id>').replace(/\+1555\d+(?= answers)/, '<one>');
