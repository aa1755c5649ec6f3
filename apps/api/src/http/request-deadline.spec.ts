import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { REQUEST_DEADLINE, requestDeadline } from './request-deadline.js';

class FakeResponse extends EventEmitter {
  headersSent = false;
  writableEnded = false;
  statusCode = 0;
  body: unknown;
  getHeader = () => 'request-1';
  setHeader = () => this;
  end(text: string): void {
    this.body = JSON.parse(text);
  }
}

describe('the deadline of a request', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  });
  afterEach(() => jest.useRealTimers());

  const begin = () => {
    const response = new FakeResponse();
    const next = jest.fn();
    requestDeadline({ method: 'POST', url: '/x' } as Request, response as unknown as Response, next);
    expect(next).toHaveBeenCalledWith();
    return response;
  };

  it('does not matter to one that is answered in time', () => {
    const response = begin();
    response.emit('close');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends the wait for a part that hangs', () => {
    const response = begin();
    jest.advanceTimersByTime(REQUEST_DEADLINE);
    expect(response).toMatchObject({
      statusCode: 503,
      body: { error: { reason: 'UNAVAILABLE', request_id: 'request-1' } },
    });
  });

  it('leaves a stream alone that has begun', () => {
    const response = begin();
    response.headersSent = true;
    jest.advanceTimersByTime(REQUEST_DEADLINE * 10);
    expect(response.statusCode).toBe(0);
  });
});
