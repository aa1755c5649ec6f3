import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  CreateGroupcallCommand,
  DeleteGroupcallCommand,
  GroupcallError,
  GroupcallReader,
  HandleAnswerCommand,
  HandleHangupCommand,
  HandleRingingCommand,
  HangupCommand,
  type CreateGroupcallInput,
  type ErrorReason,
} from '@groupcall/groupcall';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { jsonOf, reply } from '../wire.js';
import type { Failpoints } from './failpoints.js';

const STATUS: Record<ErrorReason, number> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
};

/** Mistakes of ours look like this; whatever else is thrown is a part that does not answer. */
const DEFECTS = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * HTTP around the command bus. A reply of 2xx is only sent once the command has resolved, so once it is durable.
 *
 * `POST /groupcalls`, `GET|DELETE /groupcalls/{id}`, `POST /groupcalls/{id}/hangup`, and the gateway's news:
 * `POST /calls/{id}/ringing|answered|ended`.
 */
export function endpointOf(app: INestApplicationContext, points: Failpoints): Server {
  const bus = app.get(CommandBus, { strict: false });
  const reader = app.get(GroupcallReader, { strict: false });

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://server');
    const [, collection, id, what] = pathname.split('/');
    const body = await jsonOf(request);
    const customerId = searchParams.get('customer') ?? undefined;
    if (collection === 'calls') {
      await points.before('F17', () =>
        points.after('F18', () => notify(id, what, body as { reason?: string })),
      );
      return { status: 204, body: undefined };
    }
    switch (`${request.method} ${what ?? ''}`) {
      case 'POST ':
        return {
          status: 201,
          body: await bus.execute(new CreateGroupcallCommand(body as CreateGroupcallInput)),
        };
      case 'POST hangup':
        return { status: 200, body: await bus.execute(new HangupCommand({ groupcallId: id, customerId })) };
      case 'DELETE ':
        return {
          status: 200,
          body: await bus.execute(new DeleteGroupcallCommand({ groupcallId: id, customerId })),
        };
      case 'GET ': {
        const found = await reader.findGroupcall(customerId ?? '', id);
        return found ? { status: 200, body: found } : { status: 404, body: { reason: 'NOT_FOUND' } };
      }
      default:
        return { status: 405, body: undefined };
    }
  }

  async function notify(
    legId: string,
    what: string,
    { reason = 'normal' }: { reason?: string },
  ): Promise<void> {
    if (what === 'ringing') await bus.execute(new HandleRingingCommand({ legId }));
    else if (what === 'answered') await bus.execute(new HandleAnswerCommand({ legId }));
    else
      await bus.execute(new HandleHangupCommand({ legId, reason: reason as HandleHangupCommand['reason'] }));
  }

  return createServer((request, response) => {
    answer(request)
      .catch(answerTo)
      .then(({ status, body }) => reply(response, status, body))
      .catch(() => response.destroy());
  });
}

function answerTo(error: unknown): { status: number; body: unknown } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof GroupcallError)
    return { status: STATUS[error.reason], body: { reason: error.reason, message } };
  if (DEFECTS.some((defect) => error instanceof defect)) {
    return {
      status: 500,
      body: { reason: 'DEFECT', message: error instanceof Error ? error.stack : message },
    };
  }
  return { status: 503, body: { reason: 'UNAVAILABLE', message } };
}
