import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptSecret } from './kept-secret.js';

describe('a kept secret', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kept-secret-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made once, in a folder made for it, and is the same ever after', () => {
    const file = join(folder, 'deep', 'secret');
    expect(keptSecret(file, () => 'first')).toBe('first');
    expect(keptSecret(file, () => 'second')).toBe('first');
    expect(readFileSync(file, 'utf8')).toBe('first\n');
  });

  it('can be read by its owner only, also when the file was looser before', () => {
    const file = join(folder, 'secret');
    keptSecret(file, () => 'one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    keptSecret(file, () => 'two');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is refused when its file is empty', () => {
    const file = join(folder, 'secret');
    writeFileSync(file, '');
    expect(() => keptSecret(file, () => 'one')).toThrow(/is empty/);
  });

  it('is refused with a hint when the folder cannot be made', () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'x');
    expect(() => keptSecret(join(file, 'below', 'secret'), () => 'one')).toThrow(/set DATA_DIR/);
  });
});
