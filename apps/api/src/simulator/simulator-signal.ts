import { Injectable } from '@nestjs/common';

/** Tells the worker of this process that a call has changed. A lost nudge costs one poll interval, nothing else. */
@Injectable()
export class SimulatorSignal {
  private listener: (() => void) | null = null;

  onNudge(listener: (() => void) | null): void {
    this.listener = listener;
  }

  nudge(): void {
    this.listener?.();
  }
}
