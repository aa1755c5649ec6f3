import { Injectable } from '@nestjs/common';

/** Tells the relay that something was committed. A lost nudge costs one poll interval, nothing else. */
@Injectable()
export class OutboxSignal {
  private listener: (() => void) | null = null;

  onNudge(listener: (() => void) | null): void {
    this.listener = listener;
  }

  nudge(): void {
    this.listener?.();
  }
}
