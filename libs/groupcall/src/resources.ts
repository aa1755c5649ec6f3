// The wire forms and their words, for whoever reads or shows them. No framework behind: a browser can have them, too.
export type { Destination } from './domain/destination.js';
export {
  PUBLIC_EVENT_TYPES,
  type EffectKind,
  type PublicEvent,
  type PublicEventType,
} from './domain/effect.js';
export { toGroupcallResource, type GroupcallResource } from './domain/groupcall-resource.js';
export { toLegResource, type LegResource } from './domain/leg-resource.js';
export * from './domain/status.js';
export type { Slot } from './domain/tree-state.js';
