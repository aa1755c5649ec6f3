/**
 * Calls that the gateway did not know when it was asked. One "unknown" may be a gateway that is just starting; only a
 * second one, `patience` ms later, means that the call is gone (RELIABILITY 3.4).
 */
export class MissingCalls {
  private readonly firstMissed = new Map<string, number>();

  constructor(private readonly patience: number) {}

  /** @returns true when the call has been missing for long enough */
  missed(callId: string, now: number): boolean {
    const first = this.firstMissed.get(callId);
    if (first === undefined) this.firstMissed.set(callId, now);
    return first !== undefined && now - first >= this.patience;
  }

  /** The gateway did not know it when it was asked last. */
  has(callId: string): boolean {
    return this.firstMissed.has(callId);
  }

  /** The gateway knows it after all. */
  found(callId: string): void {
    this.firstMissed.delete(callId);
  }

  /** Forgets every call that is not in question any more. */
  keepOnly(callIds: ReadonlySet<string>): void {
    for (const id of this.firstMissed.keys()) if (!callIds.has(id)) this.firstMissed.delete(id);
  }
}
