import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GroupcallResource } from '@groupcall/groupcall';
import type { CommandBus } from '@nestjs/cqrs';
import { CUSTOMER_WRITERS, bearerOf, type AccessTokens, type Role } from '../auth/index.js';
import { sendError } from '../http/error.filter.js';
import type { BodyLimits } from '../http/json-body.js';
import { endWithText, JSON_TYPE } from '../http/json-reply.js';
import { mostNesting, parseJson } from '../http/parse-json.js';
import { isPlainBody, MOST_PLAIN, readPlainBody } from '../http/plain-body.js';
import { handleRequest } from '../http/request-context.js';
import { startDeadline } from '../http/request-deadline.js';
import { newRequestId, REQUEST_ID_HEADER } from '../http/request-id.js';
import { createGroupcall, pathOfGroupcall } from './create-groupcall.js';

export interface ShortWayParts {
  readonly tokens: AccessTokens;
  readonly commands: CommandBus;
  readonly limits: BodyLimits;
  /** Those of every answer. */
  readonly headers: readonly (readonly [string, string])[];
}

const URL = '/groupcalls';
/** A platform administrator names the customer in the query. */
const WRITERS: readonly Role[] = CUSTOMER_WRITERS.filter((role) => role !== 'platform_admin');

/**
 * `POST /groupcalls` as nearly all of them come – a plain body, no query, a token that is known – without what Express and
 * Nest do for any route (ADR 16). The same steps as there, with the same answers.
 */
export class CreateShortWay {
  private readonly mostBytes: number;
  private readonly nesting: number;
  private readonly headers: readonly string[];

  constructor(private readonly parts: ShortWayParts) {
    const { limits, headers } = parts;
    this.mostBytes = Math.min(limits.bytes || MOST_PLAIN, MOST_PLAIN);
    this.nesting = mostNesting(limits.depth);
    this.headers = headers.flat();
  }

  /** @returns false for every other request: nothing of it has been read */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const customerId = this.customerOf(request);
    if (customerId === null) return false;
    const id = newRequestId(request);
    readPlainBody(request, (text) => {
      handleRequest({ id, url: URL }, () => this.handle(text, customerId, id, request, response));
    });
    return true;
  }

  /** Null: this is none of them. */
  private customerOf({ method, url, headers }: IncomingMessage): string | null {
    if (url !== URL || method !== 'POST' || !isPlainBody(headers, this.mostBytes)) return null;
    const token = bearerOf(headers.authorization);
    const caller = token === undefined ? undefined : this.parts.tokens.known(token);
    return caller && WRITERS.includes(caller.role) ? caller.customerId : null;
  }

  private handle(
    text: string,
    customerId: string,
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const refuse = (error: unknown) => {
      if (!response.headersSent) {
        response.setHeader(REQUEST_ID_HEADER, id);
        for (const [name, value] of this.parts.headers) response.setHeader(name, value);
      }
      sendError(error, request, response);
    };
    try {
      const body = text === '' ? undefined : parseJson(text, this.nesting);
      startDeadline(response, refuse);
      const key = request.headers['idempotency-key'] as string | undefined;
      createGroupcall(this.parts.commands, body, customerId, key).then(
        (groupcall) => this.reply(response, id, groupcall),
        refuse,
      );
    } catch (error) {
      refuse(error);
    }
  }

  private reply(response: ServerResponse, id: string, groupcall: GroupcallResource): void {
    // Answered when its time was over.
    if (response.writableEnded) return;
    const text = JSON.stringify(groupcall);
    const length = Buffer.byteLength(text);
    response.writeHead(201, [
      REQUEST_ID_HEADER,
      id,
      ...this.headers,
      'Location',
      pathOfGroupcall(groupcall),
      'Content-Type',
      JSON_TYPE,
      'Content-Length',
      String(length),
    ]);
    endWithText(response, text, length);
  }
}
