import type { BundleReceipt } from '../ports/effect-outbox.port.js';
import type { OpenBundle } from './held-effect.js';

/** The bundles that this process has in its hands. */
export class HeldBundles {
  /** Those with something left, the one whose hold ends first in front. */
  private readonly open = new Set<OpenBundle>();
  /** The same, and those that are done and not released yet, by tree. */
  private readonly ofTree = new Map<string, OpenBundle[]>();

  add(bundle: OpenBundle): void {
    this.open.add(bundle);
    const others = this.ofTree.get(bundle.rootId);
    if (others) others.push(bundle);
    else this.ofTree.set(bundle.rootId, [bundle]);
  }

  /** Nothing of it is left. Until the database has been told it is still there, and in nobody else's hands. */
  finish(bundle: OpenBundle): void {
    this.open.delete(bundle);
  }

  /** The database has been told, or it is in anybody's hands. */
  forget(bundle: OpenBundle): void {
    this.open.delete(bundle);
    const all = this.ofTree.get(bundle.rootId);
    const index = all?.indexOf(bundle) ?? -1;
    if (index < 0) return;
    if (all!.length === 1) this.ofTree.delete(bundle.rootId);
    else all!.splice(index, 1);
  }

  /** Which of a tree's bundles those are. */
  versionsOf(rootId: string): readonly number[] {
    return this.ofTree.get(rootId)?.map(({ version }) => version) ?? NONE;
  }

  /** Those with something left whose hold lasts beyond `now`, but not beyond `until`; epoch ms. */
  endingBetween(now: number, until: number): OpenBundle[] {
    const ending: OpenBundle[] = [];
    for (const bundle of this.open) {
      if (bundle.heldUntil > until) break;
      if (bundle.heldUntil > now) ending.push(bundle);
    }
    return ending;
  }

  /** @param until epoch ms */
  prolong({ rootId, version }: BundleReceipt, until: number): void {
    const bundle = this.ofTree.get(rootId)?.find((one) => one.version === version);
    if (!bundle || !this.open.delete(bundle)) return;
    bundle.heldUntil = until;
    this.open.add(bundle);
  }
}

const NONE: readonly number[] = [];
