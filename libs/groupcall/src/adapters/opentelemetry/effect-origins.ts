import type { SpanContext } from '@opentelemetry/api';
import type { Effect } from '../../domain/effect.js';

/** What has led to an effect. */
export interface EffectOrigin {
  readonly command: SpanContext;
  readonly turn: SpanContext;
}

/** More are forgotten from the oldest on: their effects are then traces of their own. */
const MOST = 20_000;

/**
 * Remembers what has led to the effects of this process, by what an effect is about: it is found again whether the
 * effect comes from memory, from the outbox or for another try. Ids only; another process begins a trace of its own.
 */
export class EffectOrigins {
  private readonly origins = new Map<string, EffectOrigin>();

  set(effect: Effect, origin: EffectOrigin): void {
    const key = keyOf(effect);
    this.origins.delete(key);
    this.origins.set(key, origin);
    if (this.origins.size > MOST) this.origins.delete(this.origins.keys().next().value!);
  }

  get(effect: Effect): EffectOrigin | undefined {
    return this.origins.get(keyOf(effect));
  }

  forget(effect: Effect): void {
    this.origins.delete(keyOf(effect));
  }

  get size(): number {
    return this.origins.size;
  }
}

function keyOf(effect: Effect): string {
  return effect.kind === 'publish' ? effect.event.id : `${effect.kind}/${effect.lane}`;
}
