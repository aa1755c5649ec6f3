import { createHash } from 'node:crypto';
import type { Body, DestinationText } from './format.js';

/**
 * Turns a scenario's words into what goes over the wire. Ids follow from the scenario's own `salt`, so two scenarios,
 * and two runs on one database, never share a customer or an agent.
 */
export class Words {
  constructor(private readonly salt: string) {}

  /** The UUID (version 7 in form) that a name stands for. */
  uuid(name: string): string {
    const hex = createHash('sha256').update(`${this.salt}/${name}`).digest('hex');
    return `01900000-0000-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
  }

  customer(name = 'self'): string {
    return this.uuid(`customer ${name}`);
  }

  agent(name: string): string {
    return this.uuid(`agent ${name}`);
  }

  /** `@name` → a UUID; `@agent:name` → that agent's. Anything else stays. */
  text(text: string): string {
    if (text.startsWith('@agent:')) return this.agent(text.slice(7));
    return text.startsWith('@') ? this.uuid(text.slice(1)) : text;
  }

  /** A request body with every shorthand written out. */
  body(body: Body): Body {
    return Object.fromEntries(
      Object.entries(body).map(([key, value]) => {
        if (key === 'destinations' && Array.isArray(value)) return [key, this.destinations(value)];
        return [key, typeof value === 'string' ? this.text(value) : value];
      }),
    );
  }

  destinations(list: readonly DestinationText[]): unknown[] {
    return list.flatMap((one) => (typeof one === 'string' ? this.shorthands(one) : [this.destination(one)]));
  }

  /** `agent:alice` and the like as an address. */
  address(shorthand: string): Record<string, string> {
    const [type, target] = split(shorthand);
    switch (type) {
      case 'tel':
        return { type, target: `+1555000${target.padStart(4, '0')}` };
      case 'agent':
        return { type, target: this.agent(target) };
      case 'extension':
        return { type, target_name: target };
      default:
        return { type, target };
    }
  }

  private destination(given: Record<string, unknown>): Record<string, unknown> {
    return Array.isArray(given.destinations)
      ? { ...given, destinations: this.destinations(given.destinations as DestinationText[]) }
      : given;
  }

  private shorthands(text: string): Record<string, string>[] {
    const range = /^(\w+):(\d+)\.\.(\d+)$/.exec(text);
    if (!range) return [this.address(text)];
    const [, type, from, to] = range;
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) =>
      this.address(`${type}:${Number(from) + index}`),
    );
  }
}

function split(shorthand: string): [type: string, target: string] {
  const colon = shorthand.indexOf(':');
  if (colon < 0) throw new Error(`"${shorthand}" is no shorthand for an address: it has no colon`);
  return [shorthand.slice(0, colon), shorthand.slice(colon + 1)];
}
