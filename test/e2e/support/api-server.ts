import pg from 'pg';
import {
  AccessTokens,
  createApp,
  resolveSettings,
  type AppOverrides,
  type Environment,
  type RunningApp,
  type TokenClaims,
} from '../../../apps/api/src/index.js';
import { createTestDatabase } from '../../support/postgres.js';

export const CUSTOMER = '01900000-0000-7000-8000-00000000000a';
export const OTHER_CUSTOMER = '01900000-0000-7000-8000-00000000000b';
export const AGENT = '01900000-0000-7000-8000-0000000000a1';
export const ADMIN_PASSWORD = 'correct horse battery';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text. */

  readonly body: any;
  readonly text: string;
}

export interface ApiRequest {
  /** Missing: an administrator of CUSTOMER; null: none. */
  readonly token?: string | null;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

/** A whole server on a database of its own. */
export interface ApiServer extends RunningApp {
  readonly tokens: AccessTokens;
  token(claims?: Partial<TokenClaims>): Promise<string>;
  /** @param line method and path: `GET /groupcalls` */
  call(line: string, request?: ApiRequest): Promise<ApiAnswer>;
  query(sql: string): Promise<Record<string, unknown>[]>;
}

/** @param through what stands between the server and its database, made from the database's URL */
export async function startApi(
  env: Environment = {},
  overrides: AppOverrides = {},
  through: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<ApiServer> {
  const database = await createTestDatabase();
  const settings = resolveSettings({
    NODE_ENV: 'test',
    PORT: '0',
    DATABASE_URL: await through(database.url),
    JWT_SECRET: 'a secret that is known to this test only',
    ADMIN_PASSWORD,
    ...env,
  });
  const tokens = new AccessTokens(settings.tokens);
  const running = await createApp(settings, { logger: false, ...overrides }).catch(async (error: unknown) => {
    await database.drop();
    throw error;
  });
  const token = (claims: Partial<TokenClaims> = {}) =>
    tokens.issue({ role: 'customer_admin', customerId: CUSTOMER, ...claims }, '1h');
  return {
    ...running,
    tokens,
    token,
    call: async (line, request = {}) =>
      callApi(running.url, line, request, request.token === undefined ? await token() : request.token),
    query: (sql) => queryDatabase(database.url, sql),
    close: async () => {
      await running.close();
      await database.drop();
    },
  };
}

async function callApi(
  url: string,
  line: string,
  request: ApiRequest,
  token: string | null,
): Promise<ApiAnswer> {
  const [method, path] = line.split(' ', 2);
  const headers: Record<string, string> = {};
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (request.body !== undefined || request.raw !== undefined) headers['content-type'] = 'application/json';
  const body = request.raw ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...request.headers },
    body,
    redirect: 'manual',
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text, text };
}

async function queryDatabase(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
