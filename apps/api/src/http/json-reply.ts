import type { ServerResponse } from 'node:http';
import type { Response } from 'express';

export const JSON_TYPE = 'application/json; charset=utf-8';

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
    if (!this.hasHeader('Content-Type')) this.setHeader('Content-Type', JSON_TYPE);
    const length = Buffer.byteLength(text);
    this.setHeader('Content-Length', length);
    endWithText(this, text, length);
    return this;
  };
}

/** @param length of the text in bytes: one byte for each character is written faster as what it is */
export function endWithText(response: ServerResponse, text: string, length: number): void {
  response.end(text, length === text.length ? 'latin1' : 'utf8');
}
