/** Says how far the start has come, before there is a logger and after it is gone. */
export interface StartLog {
  (line: string, level?: 'log' | 'error'): void;
}

/** In the form of the log; also of a server whose settings were refused. */
export function startLog(env: Readonly<Record<string, string | undefined>>): StartLog {
  return isJson(env)
    ? (line, level = 'log') => write({ level, context: 'Start', message: line })
    : (line) => void process.stderr.write(`groupcall: ${line}\n`);
}

/** The server answers. @param banner for people */
export function sayReady(
  env: Readonly<Record<string, string | undefined>>,
  url: string,
  banner: string,
): void {
  if (isJson(env))
    write({ level: 'log', context: 'Start', message: 'groupcall is ready', url }, process.stdout);
  else process.stdout.write(`${banner}\n`);
}

function isJson({ LOG_FORMAT, NODE_ENV }: Readonly<Record<string, string | undefined>>): boolean {
  return (LOG_FORMAT?.trim() || (NODE_ENV?.trim() === 'production' ? 'json' : 'text')) === 'json';
}

function write(fields: object, to: NodeJS.WritableStream = process.stderr): void {
  to.write(`${JSON.stringify({ ...fields, pid: process.pid, timestamp: Date.now() })}\n`);
}
