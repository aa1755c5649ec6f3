import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { Observable } from 'rxjs';
import { ApiError } from './api-error.js';

/** How long a request may take until its answer begins, ms: longer than any limit of the parts behind it. */
export const REQUEST_DEADLINE = 15_000;

/**
 * Nobody waits for ever for a part that hangs. What was asked for may still happen: a repetition is safe, with the same
 * idempotency key also for a new groupcall. Streams that have begun are left alone.
 */
@Injectable()
export class DeadlineInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return new Observable((subscriber) => {
      const timer = setTimeout(() => {
        if (response.headersSent) return;
        subscriber.error(
          new ApiError('UNAVAILABLE', 'This takes too long. It may still happen: ask, or send it again.'),
        );
      }, REQUEST_DEADLINE);
      const handling = next.handle().subscribe(subscriber);
      return () => {
        clearTimeout(timer);
        handling.unsubscribe();
      };
    });
  }
}
