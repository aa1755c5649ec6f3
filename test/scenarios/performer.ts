import { GroupcallError, type GroupcallResource, type LegHangupReason } from '@groupcall/groupcall';
import type { Actions, CreateText, ListText } from './format.js';
import { newestFirst } from './checks.js';
import type { Stage } from './stage.js';
import type { Outcome } from './world.js';

/** What an action came to. */
export interface Performed {
  readonly outcomes: Outcome[];
  /** The groupcall that a `create` gave. */
  readonly made?: string;
  /** Of a `list`: labels, newest first. */
  readonly listed?: string[];
}

/** How many of equal requests are under way: a server's backlog holds no more connections than a few hundred. */
const AT_ONCE = 50;

/** Does what a step says, through the world's own ways in. */
export class Performer {
  relayRuns = true;

  constructor(private readonly stage: Stage) {}

  async perform(step: Actions): Promise<Performed> {
    const { stage } = this;
    const { world, words } = stage;
    const customerId = words.customer(step.by);
    if (step.together) {
      // All are started before any is waited for.
      const all = await Promise.all(step.together.map((one) => this.perform(one)));
      return { outcomes: all.flatMap(({ outcomes }) => outcomes) };
    }
    if (step.create) return this.create(step.create, customerId);
    if (step.list) return { outcomes: [], listed: await this.list(step.list, customerId) };
    const outcome = this.request(step, customerId);
    if (outcome) return { outcomes: [await outcome] };
    if (step.ringing) return this.notify(step.ringing, (id) => world.gateway.ring(id));
    if (step.answer) return this.notify(step.answer, (id) => world.gateway.answer(id));
    if (step.end) return this.notify(step.end, (id, reason) => world.gateway.end(id, reason));
    if (step.end_unheard)
      return this.notify(step.end_unheard, async (id, reason) => world.gateway.endUnheard(id, reason));
    await this.turn(step);
    return { outcomes: [] };
  }

  private request(step: Actions, customerId: string): Promise<Outcome> | undefined {
    const { world, words } = this.stage;
    const id = (label: string) => this.stage.groupcallId(label);
    if (step.hangup) return world.hangup(customerId, id(step.hangup));
    if (step.hangup_others) return world.hangupOthers(customerId, id(step.hangup_others));
    if (step.delete) return world.remove(customerId, id(step.delete));
    if (step.read) return world.read(customerId, id(step.read));
    if (step.master_call_ended) return world.masterCallEnded(words.text(step.master_call_ended));
    if (step.customer_deleted) return world.customerDeleted(words.customer(step.customer_deleted));
    if (step.customer_frozen) return world.customerFrozen(words.customer(step.customer_frozen));
    if (step.alarm) return world.ring(id(step.alarm));
    return undefined;
  }

  /** What only changes the world around the engine. */
  private async turn(step: Actions): Promise<void> {
    const { world, behaviours } = this.stage;
    if (step.gateway) Object.assign(behaviours, step.gateway);
    if (step.directory) await world.directory.write(step.directory);
    if (step.release?.includes(':')) world.directory.release(step.release);
    else if (step.release) world.gateway.release(this.stage.legId(step.release));
    if (step.relay) {
      this.relayRuns = step.relay === 'start';
      await world.runRelay(this.relayRuns);
    }
  }

  private async create(text: CreateText, customerId: string): Promise<Performed> {
    const { stage } = this;
    const { as, key, times = 1 } = text;
    const id = text.id === undefined ? undefined : stage.words.text(text.id);
    const request = { customerId, body: stage.words.body(text.body), key, id };
    if (times > 1) {
      const outcomes: Outcome[] = [];
      let left = times;
      const some = async () => {
        while (left-- > 0) outcomes.push(withoutValue(await stage.world.create(request)));
      };
      await Promise.all(Array.from({ length: AT_ONCE }, some));
      return { outcomes };
    }
    const prefix = as === undefined ? '' : `${as}/`;
    stage.announce(prefix);
    const outcome = await stage.world.create(request);
    if (!outcome.ok) return { outcomes: [outcome] };
    const made = (outcome.value as GroupcallResource).id;
    await stage.adopt(made, prefix, customerId);
    return { outcomes: [withoutValue(outcome)], made };
  }

  /** `0`, `0 busy`, or several of them at once. */
  private async notify(
    texts: string | readonly string[],
    tell: (legId: string, reason: LegHangupReason) => Promise<unknown>,
  ): Promise<Performed> {
    const told = (typeof texts === 'string' ? [texts] : texts).map(async (text): Promise<Outcome> => {
      const [label, reason = 'normal'] = text.split(' ');
      try {
        return { ok: true, value: await tell(this.stage.legId(label), reason as LegHangupReason) };
      } catch (error) {
        if (!(error instanceof GroupcallError)) throw error;
        return { ok: false, error: error.reason, fields: [] };
      }
    });
    return { outcomes: await Promise.all(told) };
  }

  private async list(
    { filter = {}, page_size = 100, between }: ListText,
    customerId: string,
  ): Promise<string[]> {
    const { world, labels, words } = this.stage;
    const value = (text: string) => (labels.has(text) ? labels.groupcall(text) : words.text(text));
    const found = await world.list(customerId, {
      filter: Object.fromEntries(Object.entries(filter).map(([key, text]) => [key, value(text)])),
      pageSize: page_size,
      afterFirstPage: async () => {
        if (between) await this.create(between, customerId);
      },
    });
    return newestFirst(found, labels);
  }
}

function withoutValue(outcome: Outcome): Outcome {
  return outcome.ok ? { ok: true, value: undefined } : outcome;
}
