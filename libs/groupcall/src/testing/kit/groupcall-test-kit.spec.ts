import { HangupCommand } from '../../commands/hangup/hangup.command.js';
import { GroupcallError } from '../../domain/groupcall-error.js';
import {
  answersAfter,
  answersOnHangup,
  busyAfter,
  noReply,
  refused,
  rejectsAfter,
  replyLost,
  ringsForever,
} from './phone.js';
import { GroupcallTestKit } from './groupcall-test-kit.js';

const tel = (n: number) => ({ type: 'tel' as const, target: `+1555000000${n}` });
const number = (n: number) => tel(n).target;

describe('the testing kit', () => {
  let kit: GroupcallTestKit;
  beforeEach(async () => {
    kit = await GroupcallTestKit.start();
  });
  afterEach(() => kit.stop());

  it('rings everybody at once, and the first answer wins', async () => {
    kit.gateway.phone(number(1), answersAfter(2_000, 5_000)).phone(number(2), busyAfter(1_000));
    const { id, call_ids } = await kit.create({ destinations: [tel(1), tel(2), tel(3)] });
    expect(kit.gateway.living.length).toBe(3);
    await kit.advance(1_999);
    expect((await kit.groupcall(id)).answer_call_id).not.toBe(call_ids[0]);
    await kit.advance(1);
    expect((await kit.groupcall(id)).answer_call_id).toBe(call_ids[0]);
    expect((await kit.legs(id)).map((leg) => leg.hangup_reason)).toEqual(['', 'busy', 'answered_elsewhere']);
    await kit.advance(5_000);
    expect(await kit.groupcall(id)).toMatchObject({ status: 'hangup', hangup_reason: 'normal' });
  });

  it('rings one after the other, each for exactly its time', async () => {
    kit.gateway.phone(number(2), rejectsAfter(500));
    await kit.create({ destinations: [tel(1), tel(2), tel(3)], ringMethod: 'linear', dialTimeout: 4_000 });
    await kit.advance(60_000);
    const begun = kit.now - kit.elapsed;
    expect(kit.gateway.calls.map(({ placedAt, endedAt }) => [placedAt - begun, endedAt! - begun])).toEqual([
      [0, 4_000],
      [4_000, 4_500],
      [4_500, 8_500],
    ]);
  });

  it('knows gateways that refuse, say nothing, or lose their reply', async () => {
    kit.gateway.phone(number(1), refused).phone(number(2), noReply).phone(number(3), replyLost);
    const { id } = await kit.create({ destinations: [tel(1), tel(2), tel(3)], dialTimeout: 10_000 });
    await kit.advance(60_000);
    const [one, two, three] = await kit.legs(id);
    expect(one).toMatchObject({ status: 'hangup', hangup_reason: 'failed' });
    expect(two.status).toBe('hangup');
    expect(three).toMatchObject({ status: 'hangup', hangup_reason: 'dialout' });
    expect(kit.gateway.calls.map(({ order }) => order.to.target)).toEqual([number(3)]);
    expect(kit.gateway.living).toEqual([]);
  });

  it('has phones that answer when they are hung up, and both are dealt with', async () => {
    kit.gateway.phone(number(1), answersOnHangup).phone(number(2), answersAfter(1_000));
    await kit.create({ destinations: [tel(1), tel(2)] });
    await kit.advance(2_000);
    expect(kit.gateway.living.map(({ order }) => order.to.target)).toEqual([number(2)]);
  });

  it('lets phones be played by hand, and says which there are', async () => {
    const { id } = await kit.create({ destinations: [tel(1), tel(2)] });
    kit.gateway.answer(number(2));
    await kit.advance(0);
    expect((await kit.groupcall(id)).answer_call_id).toBe((await kit.legs(id))[1].id);
    expect(() => kit.gateway.answer(number(1))).toThrow(`there are: ${number(2)}.`);
    kit.gateway.hangUp(number(2));
    await kit.advance(0);
    expect((await kit.groupcall(id)).status).toBe('hangup');
  });

  it('resolves agents and extensions that the test has put into its directory', async () => {
    const agent = '00000000-0000-4000-8000-00000000a001';
    kit.directory.agent(agent, [tel(1), tel(2)], 'linear').extension('sales', ['anna@example.com']);
    await kit.create({
      destinations: [
        { type: 'agent', target: agent },
        { type: 'extension', target: 'sales' },
        { type: 'extension', target: 'nobody' },
      ],
    });
    expect(kit.gateway.living.map(({ order }) => order.to.target)).toEqual([number(1), 'anna@example.com']);
  });

  it('delivers the events of a tree in order', async () => {
    kit.gateway.phone(number(1), answersAfter(1_000, 1_000));
    await kit.create({ destinations: [tel(1)] });
    await kit.advance(5_000);
    expect(kit.events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(kit.events.map(({ type }) => type)).toEqual([
      'groupcall_created',
      'groupcall_call_dialed',
      'groupcall_call_ringing',
      'groupcall_progressing',
      'groupcall_call_hangup',
      'groupcall_hangup',
    ]);
  });

  it('executes what a host’s service sends to its CommandBus, and refuses as the engine does', async () => {
    const { id } = await kit.create({ destinations: [tel(1)] });
    await kit.commandBus.execute(new HangupCommand({ groupcallId: id }));
    expect(kit.gateway.living).toEqual([]);
    await expect(kit.create({ destinations: [] })).rejects.toBeInstanceOf(GroupcallError);
    await expect(kit.groupcall('00000000-0000-4000-8000-000000000009')).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    });
  });

  it('takes hours in milliseconds, and a gateway of its own ends what talks too long', async () => {
    kit.gateway.phone(number(1), answersAfter(1_000));
    const { id } = await kit.create({ destinations: [tel(1)] });
    await kit.advance(3 * 3_600_000);
    expect((await kit.groupcall(id)).status).toBe('progressing');
    await kit.advance(2 * 3_600_000);
    expect((await kit.groupcall(id)).status).toBe('hangup');
    expect(kit.gateway.calls[0].endedBy).toBe('gateway');
  });

  it('runs a host’s own gateway', async () => {
    const dialled: string[] = [];
    const own = await GroupcallTestKit.start({
      gateway: () => ({
        createCall: async ({ to }) => void dialled.push(to.target),
        hangupCall: async () => 'ended',
        getCall: async (id) => ({ id, state: 'unknown' }),
        listCalls: async () => [],
      }),
      limits: { destinations: 1 },
    });
    await own.create({ destinations: [tel(1)] });
    expect(dialled).toEqual([number(1)]);
    await expect(own.create({ destinations: [tel(1), tel(2)] })).rejects.toThrow('allowed are 1');
    await own.stop();
  });

  it('tells time that it only goes forward', async () => {
    await expect(kit.advance(-1)).rejects.toThrow('only goes forward');
    expect(ringsForever).toEqual({});
  });
});
