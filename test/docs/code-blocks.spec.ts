import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../..');
const PAGES = ['README.md', ...markdownBelow('docs')];
/** What a reader is told to have already: the host's own call service. */
const READERS_OWN = `
  import { CallGateway, type GatewayCall, type GatewayCallState } from '@groupcall/groupcall';
  export class MyCallGateway extends CallGateway {
    createCall(): Promise<void> { return Promise.resolve(); }
    hangupCall(): Promise<GatewayCallState> { return Promise.resolve('ended'); }
    getCall(id: string): Promise<GatewayCall> { return Promise.resolve({ id, state: 'unknown' }); }
    listCalls(): Promise<GatewayCall[]> { return Promise.resolve([]); }
  }
  export class MyCallsModule {}`;

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

/** Compiles the blocks as files of this project that exist in memory only. @returns the errors */
function compile(blocks: readonly string[]): string[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const files = new Map(blocks.map((code, index) => [join(ROOT, 'test/docs', `block-${index}.ts`), code]));
  const names = [...files.keys()];
  files.set(join(ROOT, 'test/docs/my-calls.ts'), READERS_OWN);
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
  const program = ts.createProgram(names, { ...options, noUnusedLocals: false, types: ['node'] }, host);
  return names.flatMap((name) => {
    const source = program.getSourceFile(name)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
    );
  });
}

describe('TypeScript in the documentation', () => {
  it.each(PAGES.filter((page) => blocksOf(page).length > 0))(
    'compiles in %s',
    (page) => {
      expect(compile(blocksOf(page))).toEqual([]);
    },
    60_000,
  );

  it('is really compiled: a wrong option does not pass', () => {
    expect(compile([`import { NoSuchThing } from '@groupcall/groupcall';`]).join()).toMatch(/NoSuchThing/);
  }, 60_000);
});
