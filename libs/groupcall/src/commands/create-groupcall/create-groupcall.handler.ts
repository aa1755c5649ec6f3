import { randomUUID } from 'node:crypto';
import { isUuid } from '@groupcall/shared';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { conflict, exhausted, invalidArgument } from '../../domain/groupcall-error.js';
import { toGroupcallResource, type GroupcallResource } from '../../domain/groupcall-resource.js';
import { newRootId } from '../../domain/member-id.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../../groupcall.options.js';
import { Clock } from '../../ports/clock.port.js';
import { GroupcallStore } from '../../ports/groupcall-store.port.js';
import { GroupcallRuntime } from '../../runtime/groupcall-runtime.js';
import { LoadGate } from '../../runtime/load-gate.js';
import { ProcessNumber } from '../../runtime/process-number.js';
import { requestFingerprint } from '../../runtime/request-fingerprint.js';
import { IdempotencyKeyTaken } from '../../runtime/tree-turns.js';
import { CheckedCreate } from './checked-create.js';
import { CreateGroupcallCommand, type CreateGroupcallInput } from './create-groupcall.command.js';
import { validateCreate, type GroupcallRequest } from './create-groupcall.validate.js';

const MOST_KEY_LENGTH = 255;

@CommandHandler(CreateGroupcallCommand)
export class CreateGroupcallHandler implements ICommandHandler<CreateGroupcallCommand> {
  constructor(
    private readonly runtime: GroupcallRuntime,
    private readonly store: GroupcallStore,
    private readonly clock: Clock,
    private readonly gate: LoadGate,
    private readonly number: ProcessNumber,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  async execute({ input }: CreateGroupcallCommand): Promise<GroupcallResource> {
    // Bad input must neither find the key taken nor use up the customer's rate.
    checkKeys(input);
    const request = validateCreate(input, this.options.limits, this.options.dialPolicy);
    return await this.gate.newGroupcall(() => this.create(input, request));
  }

  private async create(input: CreateGroupcallInput, request: GroupcallRequest): Promise<GroupcallResource> {
    const { customerId } = request;
    const known = input.idempotencyKey === undefined ? null : await this.findByKey(customerId, input);
    if (known) return known;
    if (this.options.limits.groupcallsPerSecond > 0) await this.admit(customerId);
    const maker = this.number.value;
    const id = input.id?.toLowerCase() ?? newRootId(this.clock.now(), maker, randomDigits());
    try {
      return await this.runtime.send(
        new CheckedCreate({ ...input, id }, input.id === undefined, request, maker),
      );
    } catch (error) {
      if (!(error instanceof IdempotencyKeyTaken)) throw error;
      const winner = await this.findByKey(customerId, input);
      if (winner) return winner;
      throw error;
    }
  }

  private async admit(customerId: string): Promise<void> {
    const retryAfter = await this.store.admit(customerId, this.options.limits, this.clock.now());
    if (retryAfter <= 0) return;
    const { groupcallsPerSecond } = this.options.limits;
    throw exhausted(
      `No more than ${groupcallsPerSecond} new groupcalls per second: try again later.`,
      retryAfter,
    );
  }

  private async findByKey(
    customerId: string,
    input: CreateGroupcallInput,
  ): Promise<GroupcallResource | null> {
    if (input.idempotencyKey === undefined) return null;
    const known = await this.store.findByIdempotencyKey(customerId, input.idempotencyKey);
    if (!known) return null;
    if (known.fingerprint !== requestFingerprint(input)) {
      throw conflict('This idempotency key was used for another request. Use a new key for a new request.');
    }
    const tree = await this.store.load(known.rootId);
    return tree && toGroupcallResource(tree.groupcalls.get(known.rootId)!);
  }
}

/** 64 random bits. Node makes UUIDs from random bytes it has in store; asked for 8 bytes, it goes to the system each time. */
function randomDigits(): string {
  const uuid = randomUUID();
  return uuid.slice(24) + uuid.slice(0, 4);
}

function checkKeys({ id, idempotencyKey: key }: CreateGroupcallInput): void {
  if (id !== undefined && !isUuid(id)) throw invalidArgument([{ field: 'id', message: 'must be a UUID' }]);
  if (key === undefined) return;
  if (typeof key !== 'string' || key === '' || key.length > MOST_KEY_LENGTH || /\p{Cc}/u.test(key)) {
    const message = `must be a text of 1 to ${MOST_KEY_LENGTH} characters without control characters`;
    throw invalidArgument([{ field: 'idempotency_key', message }]);
  }
}
