import { Inject, Injectable } from '@nestjs/common';
import type { CreateGroupcallInput } from '../commands/create-groupcall/create-groupcall.command.js';
import { GROUPCALL_OPTIONS, type ResolvedOptions } from '../groupcall.options.js';
import { DestinationResolver } from '../ports/destination-resolver.port.js';
import { Timers } from '../ports/timers.port.js';
import { bounded } from '../runtime/bounded.js';
import { previewRing } from './preview-ring.js';
import type { RingPreview } from './ring-preview.js';

/** {@link previewRing} with the directory, the limits and the dial policy of this engine. */
@Injectable()
export class RingPreviewer {
  constructor(
    private readonly directory: DestinationResolver,
    private readonly timers: Timers,
    @Inject(GROUPCALL_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** A directory that does not answer in time counts as one that does not know. */
  preview(request: CreateGroupcallInput): Promise<RingPreview> {
    const { limits, dialPolicy, timings } = this.options;
    const directory: DestinationResolver = {
      resolve: (customerId, destination) =>
        bounded(this.timers, timings.effectTimeout, (signal) =>
          this.directory.resolve(customerId, destination, signal),
        ),
    };
    return previewRing(request, { directory, limits, dialPolicy });
  }
}
