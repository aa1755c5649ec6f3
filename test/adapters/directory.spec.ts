import { randomUUID } from 'node:crypto';
import { toAddress } from '@groupcall/address';
import { ManualClock } from '@groupcall/groupcall/testing';
import { DataSource } from 'typeorm';
import { DirectoryResolver } from '../../apps/api/src/directory/directory-resolver.js';
import { Directory } from '../../apps/api/src/directory/directory.js';
import { DIRECTORY_ENTITIES, DIRECTORY_MIGRATIONS } from '../../apps/api/src/directory/persistence.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';

let database: TestDatabase;
let dataSource: DataSource;
const clock = new ManualClock();

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = new DataSource({
    type: 'postgres',
    url: database.url,
    entities: DIRECTORY_ENTITIES,
    migrations: DIRECTORY_MIGRATIONS,
  });
  await dataSource.initialize();
  await dataSource.runMigrations();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const CUSTOMER = randomUUID();
const sip = (target: string) => toAddress({ type: 'sip', target });
const directory = () => new Directory(dataSource, clock);
const resolve = (destination: Parameters<typeof toAddress>[0], customerId = CUSTOMER) =>
  new DirectoryResolver(directory()).resolve(
    customerId,
    toAddress(destination),
    new AbortController().signal,
  );

describe('The directory', () => {
  it('keeps an agent as it was put, its addresses in order, and replaces it as a whole', async () => {
    const id = randomUUID();
    const addresses = [
      sip('b@example.com'),
      toAddress({ type: 'tel', target: '+15551234567' }),
      sip('a@example.com'),
    ];
    const put = await directory().putAgent(CUSTOMER, id, { ringMethod: 'linear', addresses });
    expect(await directory().findAgent(CUSTOMER, id)).toEqual(put);
    await clock.advance(1_000);
    await directory().putAgent(CUSTOMER, id, { ringMethod: 'ring_all', addresses: [] });
    expect(await directory().findAgent(CUSTOMER, id)).toEqual({
      ...put,
      ringMethod: 'ring_all',
      addresses: [],
      tmUpdate: String(clock.now()),
    });
  });

  it('has the same id and the same name once per customer', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    await directory().putAgent(CUSTOMER, id, { ringMethod: 'ring_all', addresses: [] });
    expect(await directory().findAgent(other, id)).toBeNull();
    expect(await directory().removeAgent(other, id)).toBe(false);
    await directory().putExtension(CUSTOMER, 'desk', { contacts: ['a@example.com'], agentId: null });
    expect(await directory().findExtension(other, 'desk')).toBeNull();
    expect(await directory().removeExtension(other, 'desk')).toBe(false);
    expect(await directory().removeAgent(CUSTOMER, id)).toBe(true);
    expect(await directory().removeExtension(CUSTOMER, 'desk')).toBe(true);
    expect(await directory().findAgent(CUSTOMER, id)).toBeNull();
    expect(await directory().findExtension(CUSTOMER, 'desk')).toBeNull();
  });
});

describe('Resolving a destination', () => {
  it('gives the addresses of an agent in stored order, the agent’s ring method, and the agent as owner', async () => {
    const id = randomUUID();
    const addresses = [
      sip('b@example.com'),
      toAddress({ type: 'extension', target: '2000' }),
      sip('a@example.com'),
    ];
    await directory().putAgent(CUSTOMER, id, { ringMethod: 'linear', addresses });
    const expected = { resolved: true, ringMethod: 'linear', destinations: addresses, ownerId: id };
    expect(await resolve({ type: 'agent', target: id })).toEqual(expected);
    expect(await resolve({ type: 'agent', target: `urn:uuid:${id.toUpperCase()}` })).toEqual(expected);
  });

  it('gives one sip leg per phone of an extension, and keeps what it was called by', async () => {
    await directory().putExtension(CUSTOMER, '2000', {
      contacts: ['x@192.0.2.1', 'y@192.0.2.2:5062'],
      agentId: null,
    });
    expect(await resolve({ type: 'extension', target: 'ignored', target_name: '2000' })).toEqual({
      resolved: true,
      ringMethod: 'ring_all',
      destinations: [
        toAddress({ type: 'sip', target: 'x@192.0.2.1', target_name: '2000' }),
        toAddress({ type: 'sip', target: 'y@192.0.2.2:5062', target_name: '2000' }),
      ],
    });
  });

  it('finds an extension by its target when it has no target_name, and names the agent it belongs to', async () => {
    const agentId = randomUUID();
    await directory().putExtension(CUSTOMER, '2001', { contacts: ['z@192.0.2.3'], agentId });
    expect(await resolve({ type: 'extension', target: '2001' })).toMatchObject({
      resolved: true,
      ownerId: agentId,
      destinations: [{ target: 'z@192.0.2.3', target_name: '' }],
    });
  });

  it('says why not when nobody is known, nobody is registered, or it is another customer’s', async () => {
    const id = randomUUID();
    await directory().putAgent(CUSTOMER, id, { ringMethod: 'ring_all', addresses: [] });
    await directory().putExtension(CUSTOMER, 'empty', { contacts: [], agentId: null });
    await directory().putExtension(CUSTOMER, 'full', { contacts: ['q@192.0.2.4'], agentId: null });
    const no = (detail: string) => ({ resolved: false, detail: expect.stringContaining(detail) });
    expect(await resolve({ type: 'agent', target: randomUUID() })).toEqual(no('does not know'));
    expect(await resolve({ type: 'agent', target: 'bob' })).toEqual(no('does not know'));
    expect(await resolve({ type: 'agent', target: id })).toEqual(no('no address'));
    expect(await resolve({ type: 'extension', target_name: 'nobody' })).toEqual(no('does not know'));
    expect(await resolve({ type: 'extension', target_name: 'empty' })).toEqual(no('no phone is registered'));
    expect(await resolve({ type: 'extension', target_name: 'full' }, randomUUID())).toEqual(
      no('does not know'),
    );
    expect(await resolve({ type: 'conference', target: id })).toEqual(no('has no conference'));
  });
});
