import { blamesData, isServerAnswer, violatedKey } from './mysql-errors.js';

const duplicate = (sqlMessage: string) => ({ errno: 1062, sqlState: '23000', sqlMessage });

describe('The key that a new row has violated', () => {
  it.each([
    ['MariaDB', `Duplicate entry 'a-b' for key 'groupcall_tree_idempotency'`, 'groupcall_tree_idempotency'],
    [
      'MySQL',
      `Duplicate entry 'a-b' for key 'groupcall_tree.groupcall_tree_idempotency'`,
      'groupcall_tree_idempotency',
    ],
    ['MySQL', `Duplicate entry 'a' for key 'groupcall.PRIMARY'`, 'PRIMARY'],
    ['a curious entry', `Duplicate entry ' for key 'x'' for key 'PRIMARY'`, 'PRIMARY'],
    ['another language', 'Doppelter Eintrag', ''],
  ])('is read from the message of %s', (_server, message, key) => {
    expect(violatedKey(duplicate(message))).toBe(key);
  });

  it('is none for other errors', () => {
    expect(violatedKey({ errno: 1213, sqlState: '40001', sqlMessage: `for key 'PRIMARY'` })).toBeUndefined();
    expect(violatedKey(new Error('lost'))).toBeUndefined();
  });
});

it('Only what the server has told leaves a connection as good as before', () => {
  expect(isServerAnswer({ errno: 1064, sqlState: '42000' })).toBe(true);
  expect(isServerAnswer({ errno: 1927, sqlState: '70100' })).toBe(false);
  expect(isServerAnswer({ errno: -111, code: 'ECONNREFUSED' })).toBe(false);
});

describe('The data are to blame', () => {
  it.each([
    ['too long', 1406, '22001', true],
    ['a wrong text, on MariaDB', 1366, '22007', true],
    ['a wrong text, on MySQL', 1366, 'HY000', true],
    ['a violated check, on MySQL', 3819, 'HY000', true],
    ['a violated check, on MariaDB', 4025, '23000', true],
    ['a lock that was waited for too long', 1205, 'HY000', false],
    ['a deadlock', 1213, '40001', false],
    ['a server that is read-only', 1290, 'HY000', false],
  ])('when it is %s', (_what, errno, sqlState, expected) => {
    expect(blamesData({ errno, sqlState })).toBe(expected);
  });

  it('never when nobody knows what has become of it', () => {
    expect(blamesData(new Error('The database did not answer within 50 ms.'))).toBe(false);
    expect(blamesData({ errno: -104, code: 'ECONNRESET' })).toBe(false);
  });
});
