import type { ExecutionContext } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { DeadlineInterceptor, REQUEST_DEADLINE } from './deadline.interceptor.js';

describe('the deadline of a request', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const run = (handling: Promise<unknown>, response = { headersSent: false }): Observable<unknown> => {
    const context = { switchToHttp: () => ({ getResponse: () => response }) } as unknown as ExecutionContext;
    return new DeadlineInterceptor().intercept(context, { handle: () => from(handling) });
  };

  it('does not matter to a handler that answers, or fails, in time', async () => {
    await expect(lastValueFrom(run(Promise.resolve('answer')))).resolves.toBe('answer');
    await expect(lastValueFrom(run(Promise.reject(new Error('failed'))))).rejects.toThrow('failed');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends the wait for a part that hangs', async () => {
    const outcome = lastValueFrom(run(new Promise(() => undefined))).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(REQUEST_DEADLINE);
    expect(await outcome).toMatchObject({ reason: 'UNAVAILABLE' });
  });

  it('leaves a stream alone that has begun', async () => {
    let end!: (value: string) => void;
    const stream = lastValueFrom(run(new Promise((resolve) => (end = resolve)), { headersSent: true }));
    await jest.advanceTimersByTimeAsync(REQUEST_DEADLINE * 10);
    end('ended by its reader');
    await expect(stream).resolves.toBe('ended by its reader');
  });
});
