import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LedgerEntry } from '../judge/ledger.js';
import type { Suffering } from '../judge/moods.js';
import type { Delivery } from '../judge/notifier.js';
import type { KnownCall } from '../judge/switchboard.js';

const MAIN = fileURLToPath(new URL('../judge/main.js', import.meta.url));
const CHUNK = 1 << 20;

/** The judge's process, and its ledger as it grows. */
export class JudgeClient {
  private readonly file: number;
  private offset = 0;
  private rest: Buffer = Buffer.alloc(0);
  private readonly entries = new Map<string, LedgerEntry[]>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly url: string,
    ledger: string,
  ) {
    this.file = openSync(ledger, 'r');
  }

  static async start(ledger: string, seed: number): Promise<JudgeClient> {
    closeSync(openSync(ledger, 'a'));
    const child = fork(MAIN, [ledger, String(seed)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return new JudgeClient(child, url, ledger);
  }

  /** Where servers of an account find their gateway. */
  urlOf(account: string): string {
    return `${this.url}/${account}`;
  }

  deliver(account: string, delivery: Partial<Delivery>): Promise<unknown> {
    return this.ask(account, 'delivery', delivery);
  }

  suffer(account: string, suffering: Suffering): Promise<unknown> {
    return this.ask(account, 'mood', suffering);
  }

  living(account: string): Promise<KnownCall[]> {
    return this.ask(account, 'living') as Promise<KnownCall[]>;
  }

  /** News that no server has taken yet. */
  async pendingNews(account: string): Promise<number> {
    return ((await this.ask(account, 'pending')) as { pending: number }).pending;
  }

  /** What has been written down about an account and not been taken yet, in order. */
  takeEntries(account: string): LedgerEntry[] {
    this.readOn();
    const taken = this.entries.get(account) ?? [];
    this.entries.delete(account);
    return taken;
  }

  stop(): void {
    this.child.kill('SIGKILL');
    closeSync(this.file);
  }

  private readOn(): void {
    const chunk = Buffer.alloc(CHUNK);
    for (;;) {
      const length = readSync(this.file, chunk, 0, CHUNK, this.offset);
      if (length === 0) return;
      this.offset += length;
      const text = Buffer.concat([this.rest, chunk.subarray(0, length)]);
      const end = text.lastIndexOf(10) + 1;
      this.rest = text.subarray(end);
      for (const line of text.subarray(0, end).toString().split('\n')) {
        if (line === '') continue;
        const entry = JSON.parse(line) as LedgerEntry;
        const known = this.entries.get(entry.account);
        if (known) known.push(entry);
        else this.entries.set(entry.account, [entry]);
      }
    }
  }

  private async ask(account: string, what: string, body?: unknown): Promise<unknown> {
    const reply = await fetch(`${this.url}/${account}/${what}`, {
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`The judge says ${reply.status} to ${what}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}
