import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { escaped, type Input } from './inputs.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Longer than this is a hang, ms. */
const PATIENCE = 10_000;
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** Sends it as it is. Streams are cut when they have begun. @throws Error when there is no answer in time */
export function throwAt(url: string, token: string, input: Input): Promise<Answer> {
  const [method, path] = input.route.split(' ') as [string, string];
  const filled = path.replace(/:\w+/g, escaped(input.parameter) || '%20');
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${filled.startsWith('/') ? '' : '/'}${filled}${input.query === '' ? '' : `?${input.query}`}`,
      {
        agent,
        method,
        headers: {
          ...input.headers,
          authorization: `Bearer ${token}`,
          ...(input.body === undefined ? {} : { 'content-length': Buffer.byteLength(input.body) }),
        },
        timeout: PATIENCE,
      },
      (response) => {
        const answer = (text: string) =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        if (response.headers['content-type']?.startsWith('text/event-stream')) {
          response.destroy();
          return answer('');
        }
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => answer(Buffer.concat(parts).toString('utf8')));
        response.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE} ms`)));
    sent.on('error', reject);
    sent.end(input.body);
  });
}

/** What must never be in an answer: our insides. */
const INSIDES =
  /\bat [\w.<>]+ \(|node_modules|\/src\/|\.[jt]s:\d+|SELECT |INSERT INTO|QueryFailed|TypeError|undefined is not/;

/** What is wrong with an answer, or null. */
export function whatIsWrong(input: Input, { status, headers, text }: Answer): string | null {
  if (status >= 500) return `${status}: ${text.slice(0, 300)}`;
  if (/^x-evil/im.test(Object.keys(headers).join('\n'))) return 'a header of the sender’s making';
  if (input.route.includes('docs')) return null;
  if (INSIDES.test(text)) return `tells of its insides: ${text.slice(0, 300)}`;
  if (status < 400) return null;
  try {
    const { error } = JSON.parse(text) as {
      error: { status: number; reason: string; message: string; request_id: string };
    };
    if (error.status === status && error.reason && error.message && error.request_id) return null;
  } catch {
    // Told below.
  }
  return `${status} without our error: ${text.slice(0, 300)}`;
}
