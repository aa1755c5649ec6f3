import type { BundleReceipt } from '../ports/effect-outbox.port.js';
import type { OpenBundle } from './held-effect.js';

/** The bundles that this process has in its hands. */
export class HeldBundles {
  /** Those with something left, the one whose hold ends first in front. */
  private readonly open = new Map<string, OpenBundle>();
  /** Of the same, and of those that are done and not released yet, by tree. */
  private readonly versions = new Map<string, number[]>();

  add(bundle: OpenBundle): void {
    this.open.set(keyOf(bundle), bundle);
    const versions = this.versions.get(bundle.rootId);
    if (versions) versions.push(bundle.version);
    else this.versions.set(bundle.rootId, [bundle.version]);
  }

  /** Nothing of it is left. Until the database has been told it is still there, and in nobody else's hands. */
  finish(bundle: BundleReceipt): void {
    this.open.delete(keyOf(bundle));
  }

  /** The database has been told, or it is in anybody's hands. */
  forget(bundle: BundleReceipt): void {
    this.open.delete(keyOf(bundle));
    const versions = this.versions.get(bundle.rootId);
    const index = versions?.indexOf(bundle.version) ?? -1;
    if (index >= 0) versions!.splice(index, 1);
    if (versions?.length === 0) this.versions.delete(bundle.rootId);
  }

  /** Which of a tree's bundles those are. */
  versionsOf(rootId: string): readonly number[] {
    return this.versions.get(rootId) ?? [];
  }

  /** Those with something left whose hold lasts beyond `now`, but not beyond `until`; epoch ms. */
  endingBetween(now: number, until: number): OpenBundle[] {
    const ending: OpenBundle[] = [];
    for (const bundle of this.open.values()) {
      if (bundle.heldUntil > until) break;
      if (bundle.heldUntil > now) ending.push(bundle);
    }
    return ending;
  }

  /** @param until epoch ms */
  prolong(renewed: BundleReceipt, until: number): void {
    const key = keyOf(renewed);
    const bundle = this.open.get(key);
    if (!bundle) return;
    bundle.heldUntil = until;
    this.open.delete(key);
    this.open.set(key, bundle);
  }
}

function keyOf({ rootId, version }: BundleReceipt): string {
  return `${rootId}/${version}`;
}
