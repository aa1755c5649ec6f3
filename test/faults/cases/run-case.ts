import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../../support/eventually.js';
import { check } from '../checker/check.js';
import { collect } from '../checker/collect.js';
import type { CallerRecord } from '../checker/records.js';
import { comeToRest } from '../kill-loop/quiescence.js';
import { residue } from '../kill-loop/residue.js';
import { ACTIONS, POINTS, type Action, type Point } from '../server/failpoints.js';
import { call } from '../world/caller.js';
import type { Laboratory } from '../world/laboratory.js';
import type { Slot } from '../world/slot.js';
import { caseRequest } from './case-request.js';
import { planOf, SHAPES, type Shape } from './points.js';

export interface Case {
  readonly name: string;
  readonly point: Point;
  readonly action: Action;
  readonly shape: Shape;
}

/** 22 points × 5 actions × 3 shapes. */
export const CASES: readonly Case[] = POINTS.flatMap((point) =>
  ACTIONS.flatMap((action) =>
    SHAPES.map((shape) => ({ name: `${point}/${action}/${shape}`, point, action, shape })),
  ),
);

/** Legs that the one customer of a case may have at once. */
export const LIVE_LEGS = 50;

/** All in ms. */
const PATIENCE = { boot: 90_000, create: 40_000, hit: 20_000, shutDown: 10_000, rest: 60_000 };

type Record = CallerRecord & { replies: { status: number; id?: string; message?: string }[] };

/** What is said when the life went by without its fault. */
export const missed = ({ point }: Case): string => `${point} was never reached`;

/**
 * One life with one fault.
 * @param key the groupcall's idempotency key: another one for another life
 * @returns what was wrong, nothing if all was well
 */
export async function runCase(
  lab: Laboratory,
  slot: Slot,
  database: string,
  one: Case,
  key = one.name,
): Promise<string[]> {
  const plan = planOf(one.point, one.shape);
  const { databases, judge } = lab;
  const source = { databases, judge, database, account: database };
  const record: Record = { key, replies: [], misuse: [] };
  const wrong: string[] = [];
  try {
    await ready(slot);
    const { counts, current } = slot;
    const before = counts.failpointKills + current.hits.length;
    slot.arm({ point: one.point, action: one.action, skip: plan.skip });
    await create(slot, caseRequest(one.shape, plan, key), record);
    if (plan.shutDown) wrong.push(...(await shutDown(lab, slot, database, one.action)));
    await until(PATIENCE.hit, () => {
      if (counts.failpointKills + current.hits.length === before) throw new Error(missed(one));
    });
    await ready(slot);
    await until(PATIENCE.rest, async () => {
      if ((await comeToRest(source, PATIENCE.rest)).length > 0) throw new Error('somebody still talks');
    });
    wrong.push(...(await residue(lab, [slot], database)).map(({ text }) => `I19: ${text}`));
  } catch (error) {
    wrong.push((error as Error).message);
  }
  const { violations } = check(await collect(source, [record], { liveLegs: LIVE_LEGS }));
  return [...wrong, ...violations.map(({ invariant, text }) => `${invariant}: ${text}`)];
}

/** Asks, with the same key, until the groupcall is there. */
async function create(slot: Slot, request: object, record: Record): Promise<void> {
  await until(PATIENCE.create, async () => {
    const { status, body } = await call(`${slot.url}/groupcalls`, 'POST', request);
    record.replies.push({ status, id: body.id, message: body.message });
    if (status !== 201) throw new Error(`create was answered ${status}: ${body.message ?? ''}`);
  });
}

/** The shutdown begins while phones ring. Killed in the middle of it is an end as well; hanging on is none. */
async function shutDown(lab: Laboratory, slot: Slot, database: string, action: Action): Promise<string[]> {
  await until(PATIENCE.hit, async () => {
    if ((await lab.judge.living(database)).length === 0) throw new Error('nobody rings');
  });
  const exit = await slot.shutDown(PATIENCE.shutDown);
  if (exit?.code === 0 || (action === 'kill' && exit?.signal === 'SIGKILL')) return [];
  return [`the shutdown ended with ${exit ? (exit.code ?? exit.signal) : 'no end'}`];
}

async function ready(slot: Slot): Promise<void> {
  // A kill is noticed a moment after it.
  await delay(10);
  await until(PATIENCE.boot, () => {
    if (!slot.isReady) throw new Error('the server does not come up');
  });
}

function until<T>(timeout: number, probe: () => T | Promise<T>): Promise<T> {
  return eventually(probe, { timeout, interval: 25 });
}
