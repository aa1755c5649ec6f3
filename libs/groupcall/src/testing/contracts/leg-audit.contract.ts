/// <reference types="jest" />
import { NIL_UUID } from '@groupcall/shared';
import { HandleAnswerCommand } from '../../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../../commands/handle-ringing/handle-ringing.command.js';
import type { AuditedLeg } from '../../ports/leg-audit.port.js';
import { group, phone, uuidOf } from '../scenario/index.js';
import type { StorageEnvironment } from './storage/storage-environment.js';
import { legIds, StorageStage } from './storage/storage-stage.js';

/** What every {@link LegAudit} keeps, reading what the store of the same database has committed. */
export function describeLegAuditContract(
  name: string,
  makeEnvironment: () => Promise<StorageEnvironment>,
): void {
  describe(`${name} keeps the contract of a leg audit:`, () => {
    const stage = new StorageStage(makeEnvironment);
    const audit = () => stage.other.audit;

    it('finds those of the calls that are ours, as committed', async () => {
      const a = await stage.created('a', ['anna', group('sales', [phone('bob')])]);
      await stage.created('b');
      const [anna, bob] = legIds(a);
      const rings = await stage.after(a, new HandleRingingCommand({ legId: bob }));
      const found = await audit().find([bob, uuidOf('nothing'), anna]);
      const byId = (x: AuditedLeg, y: AuditedLeg) => (x.leg.id < y.leg.id ? -1 : 1);
      expect(found.sort(byId)).toEqual(
        [anna, bob].map((id) => ({ rootId: a.rootId, leg: rings.legs.get(id)! })).sort(byId),
      );
      expect(await audit().find([])).toEqual([]);
      expect(await audit().find([uuidOf('nothing')])).toEqual([]);
    });

    it('finds what was placed long enough ago and has not ended, page by page in order of id', async () => {
      const wanted: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        let tree = await stage.created(`tree ${index}`, ['rings', 'planned', 'ended', 'young', 'old']);
        const [rings, , ended, young, old] = legIds(tree);
        tree = await stage.after(tree, new HandleRingingCommand({ legId: rings }), stage.now + 1_000);
        tree = await stage.after(tree, new HandleRingingCommand({ legId: ended }));
        tree = await stage.after(tree, new HandleHangupCommand({ legId: ended, reason: 'busy' }));
        tree = await stage.after(tree, new HandleRingingCommand({ legId: young }), stage.now + 1_001);
        await stage.after(tree, new HandleRingingCommand({ legId: old }));
        wanted.push(rings, old);
      }
      const found: string[] = [];
      for (let after = NIL_UUID; ;) {
        const page = await audit().placed(stage.now + 1_000, after, 3);
        const last = page.at(-1);
        if (!last) break;
        expect(page.length).toBeLessThanOrEqual(3);
        found.push(...page.map(({ leg }) => leg.id));
        after = last.leg.id;
      }
      expect(found).toEqual(wanted.sort());
    });

    it('finds who was given up before anybody had heard of his dial: perhaps he was placed', async () => {
      let tree = await stage.created('a', ['anna', 'bob']);
      const [anna, bob] = legIds(tree);
      tree = await stage.after(tree, new HandleAnswerCommand({ legId: bob }));
      expect(tree.legs.get(anna)).toMatchObject({ status: 'hangingup', tmDial: null });
      const found = async (placedBefore: number) =>
        (await audit().placed(placedBefore, NIL_UUID, 10)).map(({ leg }) => leg.id);
      expect(await found(stage.now)).toEqual([anna, bob].sort());
      expect(await found(stage.now - 1)).toEqual([]);
    });

    it('has done with a tree that has ended', async () => {
      let tree = await stage.created('a', ['anna']);
      const [anna] = legIds(tree);
      tree = await stage.after(tree, new HandleAnswerCommand({ legId: anna }));
      expect(await audit().placed(stage.now, NIL_UUID, 10)).toEqual([
        { rootId: tree.rootId, leg: tree.legs.get(anna) },
      ]);
      await stage.after(tree, new HandleHangupCommand({ legId: anna, reason: 'normal' }));
      expect(await audit().placed(stage.now, NIL_UUID, 10)).toEqual([]);
    });
  });
}
