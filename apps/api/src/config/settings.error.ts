/** Why the server does not start: one sentence for the person at the terminal, which says what to change. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
