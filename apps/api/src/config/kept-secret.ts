import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SettingsError } from './settings.error.js';

/**
 * A secret that is made once and then kept in a file which only its owner may read, so that tokens and logins survive a
 * restart. Two processes that start together get the same one.
 * @throws SettingsError when the file cannot be used
 */
export function keptSecret(file: string, make: () => string): string {
  try {
    mkdirSync(dirname(file), { recursive: true });
    try {
      writeFileSync(file, `${make()}\n`, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      chmodSync(file, 0o600);
    }
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length > 0) return secret;
  } catch (error) {
    throw new SettingsError(
      `The secret in ${file} cannot be kept (${(error as NodeJS.ErrnoException).code ?? 'unknown'}): make the folder writable or set DATA_DIR.`,
    );
  }
  throw new SettingsError(`The file ${file} is empty: remove it, a new secret is made at the next start.`);
}
