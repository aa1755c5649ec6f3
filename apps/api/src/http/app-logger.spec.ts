import { AppLogger, type LogFormat } from './app-logger.js';
import { handleRequest } from './request-context.js';

const TREE = '01900000-0000-7000-8000-00000000000a';
const OTHER = '01900000-0000-7000-8000-00000000000B';

/** What a logger writes. */
function written(format: LogFormat, write: (logger: AppLogger) => void): string {
  const lines: string[] = [];
  const take = (chunk: unknown) => lines.push(String(chunk)) > 0;
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(take),
  );
  write(new AppLogger('log', format));
  for (const spy of spies) spy.mockRestore();
  return lines.join('');
}
const parsed = (write: (logger: AppLogger) => void) =>
  JSON.parse(written('json', write)) as Record<string, unknown>;

describe('A line of the log as JSON', () => {
  it('has the ids that it is about as fields', () => {
    const line = parsed((logger) =>
      logger.warn(`dial of tree ${TREE} failed, leg ${OTHER} waits`, 'Groupcall'),
    );
    expect(line).toMatchObject({
      level: 'warn',
      context: 'Groupcall',
      tree: TREE,
      leg: OTHER.toLowerCase(),
      message: expect.stringMatching(/^dial of tree/),
    });
  });

  it('has the request on whose behalf it is written, and its groupcall, also later', async () => {
    const line = await new Promise<Record<string, unknown>>((resolve) => {
      handleRequest({ id: 'r-1', url: `/groupcalls/${TREE}/hangup?x=1` }, () => {
        void Promise.resolve().then(() => resolve(parsed((logger) => logger.log('slow', 'Groupcall'))));
      });
    });
    expect(line).toMatchObject({ request: 'r-1', groupcall: TREE, message: 'slow' });
  });

  it('has no number and no password, wherever in it they are', () => {
    const error = new Error('cannot call +4915112345678');
    for (const write of [
      (logger: AppLogger) => logger.error(error),
      (logger: AppLogger) => logger.error('failed', error.stack, 'Http'),
      (logger: AppLogger) => logger.log({ to: [{ target: '+4915112345678' }], url: 'pg://u:hunter2@db' }),
    ]) {
      const text = written('json', write);
      expect(text).toContain('+491*****78');
      expect(text).not.toMatch(/4915112345678|hunter2/);
      expect(() => JSON.parse(text) as unknown).not.toThrow();
    }
  });
});

describe('A line of the log for people', () => {
  it('names its request once', () => {
    handleRequest({ id: 'r-2', url: '/' }, () => {
      expect(written('text', (logger) => logger.log('slow'))).toContain('slow (request r-2)');
      expect(written('text', (logger) => logger.log('slow (request r-2)')).split('r-2')).toHaveLength(2);
    });
  });
});
