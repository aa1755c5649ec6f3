import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');
const PAGES = ['README.md', ...markdownBelow('docs')];
/** What a reader is told to have already: the host's own call service and login. */
const READERS_OWN = {
  'my-calls.ts': `
  import { CallGateway, type GatewayCall, type GatewayCallState } from '@groupcall/groupcall';
  export class MyCallGateway extends CallGateway {
    createCall(): Promise<void> { return Promise.resolve(); }
    hangupCall(): Promise<GatewayCallState> { return Promise.resolve('ended'); }
    getCall(id: string): Promise<GatewayCall> { return Promise.resolve({ id, state: 'unknown' }); }
    listCalls(): Promise<GatewayCall[]> { return Promise.resolve([]); }
  }
  export class MyCallsModule {}`,
  'my-login.ts': `
  import type { RequestHandler } from 'express';
  export const onlyAdmins: RequestHandler = (_request, response) => void response.sendStatus(401);`,
};

function markdownBelow(folder: string): string[] {
  return (
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      // docs/api shows declarations, which are compiled elsewhere.
      .filter((name) => name.endsWith('.md') && !name.startsWith('api'))
      .map((name) => join(folder, name))
  );
}

function blocksOf(page: string): string[] {
  return [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
}

/** A page that must not compile. */
const WRONG = 'a wrong page';
const WRONG_BLOCKS = [`import { NoSuchThing } from '@groupcall/groupcall';`];

/**
 * Compiles the blocks of all pages as files of this project that exist in memory only. They are one program, because most of
 * the time goes into what they import.
 * @returns the errors of each page
 */
function compile(pages: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const files = new Map(
    Object.entries(READERS_OWN).map(([name, code]) => [join(ROOT, 'test/docs', name), code]),
  );
  const pageOf = new Map<string, string>();
  for (const [page, blocks] of pages) {
    for (const code of blocks) {
      const name = join(ROOT, 'test/docs', `block-${pageOf.size}.ts`);
      files.set(name, code);
      pageOf.set(name, page);
    }
  }
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.readFile = (path) => files.get(path) ?? onDisk.readFile(path);
  host.fileExists = (path) => files.has(path) || onDisk.fileExists(path);
  host.getSourceFile = (path, target, ...rest) => {
    const code = files.get(path);
    return code === undefined
      ? onDisk.getSourceFile(path, target, ...rest)
      : ts.createSourceFile(path, code, target);
  };
  const names = [...pageOf.keys()];
  const program = ts.createProgram(names, { ...options, noUnusedLocals: false, types: ['node'] }, host);
  const errors = new Map([...pages.keys()].map((page): [string, string[]] => [page, []]));
  for (const name of names) {
    const source = program.getSourceFile(name)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    errors
      .get(pageOf.get(name)!)!
      .push(...found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')));
  }
  return errors;
}

describe('TypeScript in the documentation', () => {
  const pages = new Map(
    PAGES.map((page): [string, string[]] => [page, blocksOf(page)]).filter(([, blocks]) => blocks.length > 0),
  );
  let errors: Map<string, string[]>;
  beforeAll(() => {
    errors = compile(new Map([...pages, [WRONG, WRONG_BLOCKS]]));
  }, 60_000);

  it.each([...pages.keys()])('compiles in %s', (page) => {
    expect(errors.get(page)).toEqual([]);
  });

  it('is really compiled: a wrong option does not pass', () => {
    expect(errors.get(WRONG)!.join()).toMatch(/NoSuchThing/);
  });
});
