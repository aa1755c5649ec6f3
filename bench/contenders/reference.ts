import { entitySet } from '../../libs/groupcall/src/adapters/typeorm/entities/entity-set.js';
import type { GroupcallEntity } from '../../libs/groupcall/src/adapters/typeorm/entities/groupcall.entity.js';
import type { GroupcallLegEntity } from '../../libs/groupcall/src/adapters/typeorm/entities/groupcall-leg.entity.js';
import { NIL_UUID } from '../../libs/shared/src/index.js';
import type { Contender, StartContender } from './contender.js';
import { openDataSource, POOL_SIZE } from './data-source.js';
import { newId } from '../load/ids.js';
import { SCHEMA } from './normalised-tables.js';
import { newRows } from './rows.js';

/**
 * How the reference platform works: for every message an UPDATE of what changed and a SELECT of what it became, through
 * repositories, without a transaction; what it has read would be an event if anybody listened. Nothing here is safe against a crash or a
 * second process; it writes the same legs and groupcalls, and neither versions nor an outbox.
 */
export const start: StartContender = async ({ databaseUrl }, driver): Promise<Contender> => {
  const source = await openDataSource(databaseUrl, SCHEMA);
  const entities = entitySet({ schema: SCHEMA });
  const groupcalls = source.getRepository<GroupcallEntity>(entities.groupcall);
  const legs = source.getRepository<GroupcallLegEntity>(entities.leg);
  const changeLeg = async (id: string, patch: Partial<GroupcallLegEntity>) => {
    await legs.update({ id }, patch);
    return legs.findOneByOrFail({ id });
  };
  const changeGroupcall = async (id: string, patch: Parameters<typeof groupcalls.update>[1]) => {
    await groupcalls.update({ id }, { tmUpdate: Date.now(), ...patch });
    return groupcalls.findOneByOrFail({ id });
  };

  return {
    bestOpen: POOL_SIZE,
    async create(name, shape) {
      const rootId = newId();
      const rows = newRows(rootId, shape, name);
      await groupcalls.insert(rows.groupcall);
      await legs.insert(rows.legs);
      await groupcalls.findOneByOrFail({ id: rootId });
      for (const { id } of rows.legs) {
        await changeLeg(id, { status: 'dialing', tmDial: Date.now() });
        driver.placed(name, id);
      }
    },
    async answer(legId) {
      const found = await legs.findOneByOrFail({ id: legId });
      if ((await groupcalls.findOneByOrFail({ id: found.groupcallId })).answerCallId !== NIL_UUID)
        throw new Error('Two phones have answered.');
      await changeLeg(legId, { status: 'progressing', tmAnswer: Date.now() });
      await changeGroupcall(found.groupcallId, { answerCallId: legId });
      const losers = await legs.findBy({ groupcallId: found.groupcallId });
      for (const { id, status } of losers) {
        if (id === legId || status === 'hangup') continue;
        await changeLeg(id, { status: 'hangingup', hangupReason: 'answered_elsewhere', hangupBy: 'local' });
        driver.hungUp(id);
      }
    },
    async ended(legId, reason) {
      const leg = await changeLeg(legId, {
        status: 'hangup',
        hangupReason: reason,
        hangupBy: 'remote',
        tmHangup: Date.now(),
      });
      const groupcall = await changeGroupcall(leg.groupcallId, { callCount: () => 'call_count - 1' });
      if (groupcall.callCount > 0) return;
      await changeGroupcall(groupcall.id, { status: 'hangup', hangupReason: 'normal' });
    },
    settle: () => Promise.resolve(),
    close: () => source.destroy(),
  };
};
