import type { Response } from 'express';

/**
 * Replies as Express writes them, without what it looks up for each of them: head and body leave as one text.
 * @param app `app.response` is what all of its responses inherit from
 */
export function writeJsonAtOnce(app: { response: Pick<Response, 'json'> }): void {
  const { json } = app.response;
  app.response.json = function (this: Response, value?: unknown) {
    // Answered when its time was over.
    if (this.writableEnded) return this;
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) return json.call(this, value);
    if (!this.hasHeader('Content-Type')) this.setHeader('Content-Type', 'application/json; charset=utf-8');
    this.setHeader('Content-Length', Buffer.byteLength(text));
    this.end(text);
    return this;
  };
}
