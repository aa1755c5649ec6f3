import { GroupcallError, OverloadedError } from '@groupcall/groupcall';
import { BadRequestException, NotFoundException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { ApiError } from './api-error.js';
import { answerTo } from './error-envelope.js';

describe('the answer to an error', () => {
  it.each([
    ['INVALID_ARGUMENT', 400],
    ['NOT_FOUND', 404],
    ['CONFLICT', 409],
    ['RESOURCE_EXHAUSTED', 429],
    ['UNAVAILABLE', 503],
  ] as const)('of the library with reason %s has status %i', (reason, status) => {
    const { body } = answerTo(new GroupcallError(reason, 'why'), 'r1');
    expect(body).toEqual({ error: { status, reason, message: 'why', request_id: 'r1' } });
  });

  it('names the bad fields', () => {
    const details = [{ field: 'destinations[3].target', message: 'must be +digits' }];
    expect(answerTo(new GroupcallError('INVALID_ARGUMENT', 'why', details), 'r').body.error.details).toEqual(
      details,
    );
  });

  it('says in whole seconds when to come back, never zero', () => {
    const after = (ms?: number) =>
      answerTo(new GroupcallError('RESOURCE_EXHAUSTED', '', [], ms), 'r').headers['Retry-After'];
    expect([after(1), after(1_000), after(1_001), after()]).toEqual(['1', '1', '2', '1']);
  });

  it('asks for a bearer token when there is none', () => {
    expect(answerTo(new ApiError('UNAUTHENTICATED', ''), 'r').headers).toEqual({
      'WWW-Authenticate': 'Bearer',
    });
  });

  it('is 503 when the database does not answer', () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' });
    const shutdown = new QueryFailedError(
      'SELECT 1',
      [],
      Object.assign(new Error('terminating'), { code: '57P01' }),
    );
    for (const error of [gone, shutdown, new Error('timeout exceeded when trying to connect')]) {
      const { status, headers, body, isFault } = answerTo(error, 'r');
      expect({ status, reason: body.error.reason, isFault }).toEqual({
        status: 503,
        reason: 'UNAVAILABLE',
        isFault: true,
      });
      expect(headers['Retry-After']).toBe('1');
      expect(JSON.stringify(body)).not.toMatch(/10\.1\.2\.3|SELECT|terminating/);
    }
  });

  it('is 503 with the time to come back when too much is waiting, and does not fill the log', () => {
    const { status, headers, body, isFault } = answerTo(new OverloadedError('Too much.', 2_300), 'r');
    expect({ status, isFault }).toEqual({ status: 503, isFault: false });
    expect(headers['Retry-After']).toBe('3');
    expect(body.error).toMatchObject({ reason: 'UNAVAILABLE', message: 'Too much.' });
  });

  it('tells nothing of an error that nobody expected', () => {
    const failed = new QueryFailedError(
      'SELECT secret FROM t',
      ['+4915112345678'],
      new Error('/srv/app/store.ts broke'),
    );
    for (const error of [failed, new Error('/srv/x.ts'), 'a text', undefined]) {
      const { status, body } = answerTo(error, 'r');
      expect(status).toBe(500);
      expect(body.error.reason).toBe('INTERNAL');
      expect(JSON.stringify(body)).not.toMatch(/SELECT|\+49|srv|a text/);
    }
  });

  it("does not repeat what the framework's own refusals repeat", () => {
    expect(answerTo(new NotFoundException('Cannot GET /x?token=abc'), 'r').body.error.message).toBe(
      'There is no such route.',
    );
    expect(answerTo(new BadRequestException('Unexpected token +4915'), 'r').body.error.message).toBe(
      'The request is malformed.',
    );
  });

  it('finds our own refusal inside of what Express made of it', () => {
    const wrapped = new BadRequestException('x', {
      cause: new ApiError('UNSUPPORTED_MEDIA_TYPE', 'JSON only'),
    });
    expect(answerTo(wrapped, 'r').body.error).toMatchObject({ status: 415, message: 'JSON only' });
  });
});
