import { AdminSessions, SESSION_LIFETIME } from './admin-session.js';

describe('an admin session', () => {
  let now = 1_000_000;
  const clock = () => now;
  const sessions = new AdminSessions('secret', 'correct horse', clock);

  it('is had with the right user and password only', () => {
    expect(sessions.isLogin('admin', 'correct horse')).toBe(true);
    for (const [user, password] of [
      ['admin', 'wrong'],
      ['root', 'correct horse'],
      ['admin', ''],
      ['admin', undefined],
      ['admin', ['correct horse']],
      [undefined, undefined],
    ]) {
      expect(sessions.isLogin(user, password)).toBe(false);
    }
  });

  it('lasts eight hours', () => {
    const session = sessions.begin();
    const end = now + SESSION_LIFETIME;
    now += SESSION_LIFETIME - 1;
    expect([sessions.isValid(session), sessions.endOf(session)]).toEqual([true, end]);
    now += 1;
    expect([sessions.isValid(session), sessions.endOf(session)]).toEqual([false, 0]);
  });

  it('survives a restart with the same secret and password, and ends with either', () => {
    const session = sessions.begin();
    expect(new AdminSessions('secret', 'correct horse', clock).isValid(session)).toBe(true);
    expect(new AdminSessions('secret', 'new password', clock).isValid(session)).toBe(false);
    expect(new AdminSessions('other', 'correct horse', clock).isValid(session)).toBe(false);
  });

  it('cannot be made longer or made up', () => {
    const session = sessions.begin();
    const [until, ...rest] = session.split('.');
    for (const forged of [
      [Number(until) + 1, ...rest].join('.'),
      `${session}x`,
      session.slice(0, -1),
      'a.b.c',
      '',
      undefined,
    ]) {
      expect(sessions.isValid(forged)).toBe(false);
    }
  });

  it('is over after the logout, and no other is', () => {
    const [mine, other] = [sessions.begin(), sessions.begin()];
    sessions.end(mine);
    expect([sessions.isValid(mine), sessions.isValid(other)]).toEqual([false, true]);
  });
});
