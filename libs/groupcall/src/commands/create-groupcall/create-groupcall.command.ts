import type { Address } from '@groupcall/address';
import { Command } from '@nestjs/cqrs';
import type { Destination } from '../../domain/destination.js';
import type { GroupcallResource } from '../../domain/groupcall-resource.js';

/** A destination as it may be written in a request: missing address keys count as empty. */
export type DestinationInput = Partial<Omit<Destination, 'destinations'>> & {
  /** Only of a destination of type `groupcall`: whom to ring for it. */
  destinations?: DestinationInput[];
};

/** What a new groupcall may say of itself. Words and limits: SPEC 2, 3 and 7. */
export interface CreateGroupcallInput {
  /** Missing: made by us (UUIDv7). Given: creating the same groupcall twice returns the first one. */
  id?: string;
  /** Whose groupcall it is: a UUID other than nil. */
  customerId: string;
  /** Who calls; missing = nobody in particular. */
  source?: Partial<Address>;
  /** Whom to ring, in this order; at least one. */
  destinations: DestinationInput[];
  /** `ring_all` (also for missing and `""`) or `linear`. */
  ringMethod?: string;
  /** `hangup_others` (also for missing) or `""`. */
  answerMethod?: string;
  /** Carried along and given back; nothing is done with it. */
  flowId?: string;
  /** The call on whose behalf is rung: its end is a hangup request. */
  masterCallId?: string;
  /** Ring time per leg, ms: 1000–600000, default 30000. */
  dialTimeout?: number;
  /** Same key and same content: the same groupcall. Same key, other content: CONFLICT. Up to 255 characters. */
  idempotencyKey?: string;
}

/**
 * Ring many destinations. Resolves when the groupcall, its legs and the orders to dial them are durable – nothing has
 * been dialled yet (SPEC 4.1).
 *
 * Throws {@link GroupcallError}: INVALID_ARGUMENT with the bad fields, CONFLICT (id or idempotency key used for
 * something else), RESOURCE_EXHAUSTED (rate or live legs of the customer).
 */
export class CreateGroupcallCommand extends Command<GroupcallResource> {
  /** Tells the commands apart. */
  readonly type = 'create_groupcall' as const;

  constructor(
    /** What to ring and how. */
    readonly input: CreateGroupcallInput,
    /** The id was made a moment ago and has never been sent: nothing can be stored under it. */
    readonly isNew = false,
  ) {
    super();
  }
}
