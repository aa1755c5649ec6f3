import { Command } from '@nestjs/cqrs';
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
  readonly resolution: Resolution;

  constructor(input: { rootId: string; groupcallId: string; index: number; resolution: Resolution }) {
    super();
    this.rootId = input.rootId;
    this.groupcallId = input.groupcallId;
    this.index = input.index;
    this.resolution = input.resolution;
  }
}
