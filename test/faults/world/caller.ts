/** What came back: a status, or 0 for "no reply" – the outcome is unknown then. */
export interface Reply {
  readonly status: number;
  readonly body: { readonly id?: string; readonly reason?: string; readonly message?: string } & Record<
    string,
    unknown
  >;
  /** ms from asking to knowing. */
  readonly took: number;
}

/** Answers that the documentation promises; everything else is a defect. 0: unknown, safe to repeat with the same key. */
export const DOCUMENTED = new Set([0, 200, 201, 204, 404, 409, 429, 503]);

const PATIENCE = 15_000;

/** One request of somebody who uses the servers; never rejects. */
export async function call(url: string, method: string, body?: unknown): Promise<Reply> {
  const began = performance.now();
  try {
    const reply = await fetch(url, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const text = await reply.text();
    return {
      status: reply.status,
      body: text === '' ? {} : (JSON.parse(text) as Reply['body']),
      took: performance.now() - began,
    };
  } catch (error) {
    return { status: 0, body: { message: String(error) }, took: performance.now() - began };
  }
}
