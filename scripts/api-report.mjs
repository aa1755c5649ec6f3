// The public surface of the package, one reviewed page per entry point in docs/api. `npm run api:update` writes the pages;
// `npm run api:check` fails when one is out of date, or when something public has no words. `npm run docs:reference` writes the
// words themselves, a page for everything public, to docs/reference (generated, so not in the repository).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { assemble } from './pack/assemble.mjs';
import { prepare, root } from './prepare.mjs';

const update = process.argv.includes('--update');
const reference = process.argv.includes('--reference');
const silent = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };
const shown = { logLevel: ExtractorLogLevel.None, addToApiReportFile: true };

await prepare();
const work = mkdtempSync(join(tmpdir(), 'groupcall-api-'));
const pages = join(root, 'docs', 'api');
const problems = [];
const found = [];
try {
  // Below the workspace, where the packages are that its declarations name.
  const target = join(root, 'dist', 'api');
  const { exports, name } = assemble(root, target);
  mkdirSync(pages, { recursive: true });
  for (const [subpath, entry] of Object.entries(exports)) {
    if (typeof entry === 'string') continue;
    const page = `${[name, subpath.replace(/^\.\/?/, '')].filter(Boolean).join('.')}.api.md`;
    const folder = subpath.replace(/^\.\/?/, '') || 'main';
    mkdirSync(join(work, folder));
    found.push({ page, folder, text: report(target, page, join(target, entry.types), folder) });
  }
  rmSync(target, { recursive: true, force: true });
  if (reference) for (const { folder } of found) describe(folder);
} finally {
  rmSync(work, { recursive: true, force: true });
}
const everywhere = found.map(({ text }) => text).join('\n');
for (const { page, text } of found) compare(page, text);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** Pages about everything that an entry point exports. */
function describe(folder) {
  const documenter = join(root, 'node_modules', '.bin', 'api-documenter');
  const words = ['markdown', '-i', join(work, folder), '-o', join(root, 'docs', 'reference', folder)];
  const { status, stdout, stderr } = spawnSync(documenter, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`api-documenter: ${stderr || stdout}`);
}

/** @returns the page as it is now */
function report(target, page, entry, folder) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: target,
      mainEntryPointFilePath: entry,
      apiReport: { enabled: true, reportFileName: page, reportFolder: work, reportTempFolder: work },
      docModel: { enabled: reference, apiJsonFilePath: join(work, folder, 'nestjs-groupcall.api.json') },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2023',
            module: 'nodenext',
            types: ['node'],
            skipLibCheck: true,
            strict: true,
          },
          include: [join(target, 'dist')],
        },
      },
      messages: {
        compilerMessageReporting: { default: shown },
        extractorMessageReporting: {
          default: shown,
          'ae-missing-release-tag': silent,
          'ae-unresolved-link': silent,
        },
        tsdocMessageReporting: { default: silent },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(target, 'package.json'),
  });
  Extractor.invoke(config, { localBuild: true, showVerboseMessages: false, messageCallback: quiet });
  return readFileSync(join(work, page), 'utf8');
}

/** What matters is in the page. */
function quiet(message) {
  message.handled = true;
}

function compare(page, now) {
  const path = join(pages, page);
  const without = wordless(now);
  if (without.length > 0)
    problems.push(`${page}: public and without a word about it:\n  ${without.join('\n  ')}`);
  if (update) writeFileSync(path, now);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== now)
    problems.push(
      `docs/api/${page} is out of date: npm run api:update, and look at the difference before you commit it.`,
    );
}

/** What a port's method does is said in the port, and not again in each class that extends it. */
function wordless(text) {
  const members = [];
  let isAdapter = false;
  const lines = text.split('\n');
  lines.forEach((line, index) => {
    if (line.startsWith('export '))
      isAdapter = /^export (abstract )?class .*\b(extends|implements)\b/.test(line);
    if (line.trim() !== '// (undocumented)') return;
    const member = lines[index + 1].trim();
    const name = /^(\w+)[(<]/.exec(member)?.[1];
    if (!(isAdapter && name && everywhere.includes(`abstract ${name}(`))) members.push(member);
  });
  return members;
}
