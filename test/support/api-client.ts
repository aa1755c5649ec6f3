import type { GroupcallResource, LegResource } from '@groupcall/groupcall';
import { eventually } from './eventually.js';

export interface Reply<T = any> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** The HTTP API as its user sees it. Nothing in here throws for an unwanted status: tests say what they want. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async request<T = any>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
  }

  get<T = any>(path: string): Promise<Reply<T>> {
    return this.request<T>('GET', path);
  }

  post<T = any>(path: string, body: unknown = {}, headers?: Record<string, string>): Promise<Reply<T>> {
    return this.request<T>('POST', path, body, headers);
  }

  /** @throws when the groupcall was not created: the tests that use this are about what comes afterwards */
  async create(body: Record<string, unknown>): Promise<GroupcallResource> {
    const reply = await this.post<GroupcallResource>('/groupcalls', body);
    if (reply.status !== 201)
      throw new Error(`POST /groupcalls: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  async groupcall(id: string): Promise<GroupcallResource> {
    return (await this.get<GroupcallResource>(`/groupcalls/${id}`)).body;
  }

  async legs(id: string, tree = false): Promise<LegResource[]> {
    return (await this.get<{ result: LegResource[] }>(`/groupcalls/${id}/legs${tree ? '?tree=true' : ''}`))
      .body.result;
  }

  /** Waits until a leg of the groupcall, by destination index, satisfies the condition. */
  leg(
    id: string,
    index: number,
    condition: (leg: LegResource) => boolean,
    timeout?: number,
  ): Promise<LegResource> {
    return eventually(
      async () => {
        const legs = await this.legs(id);
        const leg = legs.find((one) => one.destination_index === index);
        if (!leg || !condition(leg)) throw new Error(`leg ${index} is ${JSON.stringify(leg)}`);
        return leg;
      },
      { timeout },
    );
  }

  /** Waits for the end of the groupcall. */
  ended(id: string, timeout?: number): Promise<GroupcallResource> {
    return eventually(
      async () => {
        const groupcall = await this.groupcall(id);
        if (groupcall.status !== 'hangup') throw new Error(`groupcall is ${JSON.stringify(groupcall)}`);
        return groupcall;
      },
      { timeout },
    );
  }

  /** The far end, played by hand. */
  play(legId: string, what: 'ringing' | 'answer' | 'hangup', body: unknown = {}): Promise<Reply> {
    return this.post(`/simulator/calls/${legId}/${what}`, body);
  }
}

/** A simulated phone (SPEC 6, *Simulated gateway*). */
export const phone = (script: string) => ({ type: 'sip', target: `${script}@sim` });
