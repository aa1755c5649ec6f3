import { Command } from '@nestjs/cqrs';
import type { Destination } from '../../domain/destination.js';
import type { Resolution } from '../../domain/resolution.js';

/**
 * The directory's answer for an agent or extension whose turn has come. Internal: sent by the relay, safe to repeat.
 * SPEC 3, resolution.
 */
export class HandleResolutionCommand extends Command<void> {
  readonly type = 'handle_resolution' as const;
  readonly rootId: string;
  readonly groupcallId: string;
  readonly index: number;
  /** What was asked for: an answer to an earlier question about the same place has no effect. */
  readonly destination: Destination;
  readonly resolution: Resolution;

  constructor(input: {
    rootId: string;
    groupcallId: string;
    index: number;
    destination: Destination;
    resolution: Resolution;
  }) {
    super();
    this.rootId = input.rootId;
    this.groupcallId = input.groupcallId;
    this.index = input.index;
    this.destination = input.destination;
    this.resolution = input.resolution;
  }
}
