/// <reference types="jest" />
import { HandleAnswerCommand } from '../../commands/handle-answer/handle-answer.command.js';
import { HandleHangupCommand } from '../../commands/handle-hangup/handle-hangup.command.js';
import { HandleRingingCommand } from '../../commands/handle-ringing/handle-ringing.command.js';
import type { TreeState } from '../../domain/tree-state.js';
import type { AuditedLeg, LegPlace } from '../../ports/leg-audit.port.js';
import { group, phone, uuidOf } from '../scenario/index.js';
import type { StorageEnvironment } from './storage/storage-environment.js';
import { legIds, StorageStage } from './storage/storage-stage.js';

const auditedOf = ({ rootId, legs }: TreeState, legId: string): AuditedLeg => {
  const { id, status, hangupReason } = legs.get(legId)!;
  return { rootId, id, status, hangupReason };
};

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
      const byId = (x: AuditedLeg, y: AuditedLeg) => (x.id < y.id ? -1 : 1);
      expect(found.sort(byId)).toEqual([anna, bob].map((id) => auditedOf(rings, id)).sort(byId));
      expect(await audit().find([])).toEqual([]);
      expect(await audit().find([uuidOf('nothing')])).toEqual([]);
    });

    it('finds what was placed long enough ago and has not ended, page by page and tree by tree', async () => {
      const wanted: AuditedLeg[] = [];
      for (let index = 0; index < 5; index += 1) {
        let tree = await stage.created(`tree ${index}`, ['rings', 'planned', 'ended', 'young', 'old']);
        const [rings, , ended, young, old] = legIds(tree);
        tree = await stage.after(tree, new HandleRingingCommand({ legId: rings }), stage.now + 1_000);
        tree = await stage.after(tree, new HandleRingingCommand({ legId: ended }));
        tree = await stage.after(tree, new HandleHangupCommand({ legId: ended, reason: 'busy' }));
        tree = await stage.after(tree, new HandleRingingCommand({ legId: young }), stage.now + 1_001);
        tree = await stage.after(tree, new HandleRingingCommand({ legId: old }));
        wanted.push(auditedOf(tree, rings), auditedOf(tree, old));
      }
      wanted.sort((x, y) => (x.rootId + x.id < y.rootId + y.id ? -1 : 1));
      for (const limit of [1, 3, 10, 11]) {
        const found: AuditedLeg[] = [];
        for (let after: LegPlace | null = null; ;) {
          const page: AuditedLeg[] = await audit().placed(stage.now + 1_000, after, limit);
          if (page.length === 0) break;
          expect(page.length).toBeLessThanOrEqual(limit);
          found.push(...page);
          after = page[page.length - 1];
        }
        expect(found).toEqual(wanted);
      }
    });

    it('passes over any number of trees of which nothing was placed', async () => {
      for (let index = 0; index < 7; index += 1) await stage.created(`tree ${index}`, ['planned']);
      expect(await audit().placed(stage.now, null, 2)).toEqual([]);
      const tree = await stage.created('rings', ['rings']);
      const [rings] = legIds(tree);
      const ringing = await stage.after(tree, new HandleRingingCommand({ legId: rings }));
      for (const limit of [1, 2, 5])
        expect(await audit().placed(stage.now, null, limit)).toEqual([auditedOf(ringing, rings)]);
    });

    it('finds who was given up before anybody had heard of his dial: perhaps he was placed', async () => {
      let tree = await stage.created('a', ['anna', 'bob']);
      const [anna, bob] = legIds(tree);
      tree = await stage.after(tree, new HandleAnswerCommand({ legId: bob }));
      expect(tree.legs.get(anna)).toMatchObject({ status: 'hangingup', tmDial: null });
      const found = async (placedBefore: number) =>
        (await audit().placed(placedBefore, null, 10)).map(({ id }) => id);
      expect(await found(stage.now)).toEqual([anna, bob].sort());
      expect(await found(stage.now - 1)).toEqual([]);
    });

    it('leaves alone for as long as others who was given up just after he had been placed', async () => {
      let tree = await stage.created('a', ['anna', 'bob']);
      const [anna, bob] = legIds(tree);
      const later = stage.now + 1_000;
      tree = await stage.after(tree, new HandleRingingCommand({ legId: anna }), later);
      tree = await stage.after(tree, new HandleAnswerCommand({ legId: bob }), later);
      expect(tree.legs.get(anna)).toMatchObject({ status: 'hangingup', tmCreate: stage.now, tmDial: later });
      expect(await audit().placed(later - 1, null, 10)).toEqual([]);
      expect(await audit().placed(later, null, 10)).toHaveLength(2);
    });

    it('has done with a tree that has ended', async () => {
      let tree = await stage.created('a', ['anna']);
      const [anna] = legIds(tree);
      tree = await stage.after(tree, new HandleAnswerCommand({ legId: anna }));
      expect(await audit().placed(stage.now, null, 10)).toEqual([auditedOf(tree, anna)]);
      await stage.after(tree, new HandleHangupCommand({ legId: anna, reason: 'normal' }));
      expect(await audit().placed(stage.now, null, 10)).toEqual([]);
    });
  });
}
