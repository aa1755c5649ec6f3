import { NIL_UUID } from '@groupcall/shared';
import type { ReconcilePass } from './reconcile-pass.js';

/** Something that is looked at, and its place in the order of pages. */
export interface RoundItem {
  readonly id: string;
  look(): Promise<void>;
}

/**
 * One look after the other at everything that comes in pages by id. A look that is given up is continued by the next one
 * behind the place where it ended, and then from the beginning up to there: so however many items are bad for good, each
 * of the others is reached.
 */
export class ReconcileRound {
  private start = NIL_UUID;

  /** @param what is looked at, and by whom it is listed; for the error */
  constructor(private readonly what: string) {}

  /**
   * @param page the next items with an id above `after`; none when there are no more
   * @returns the ids that were looked at, those that failed among them
   * @throws what `page` throws, and an error when its pages do not go on
   */
  async look(
    pass: ReconcilePass,
    page: (after: string) => Promise<readonly RoundItem[]>,
  ): Promise<Set<string>> {
    const looked = new Set<string>();
    let hasBegunAnew = this.start === NIL_UUID;
    const startedAtBeginning = hasBegunAnew;
    for (let after = this.start; !pass.isCutShort;) {
      const items = await page(after);
      const fresh = items.filter(({ id }) => !looked.has(id));
      if (fresh.length === 0) {
        if (items.length > 0 && (startedAtBeginning || !hasBegunAnew))
          throw new Error(`${this.what} are listed again after ${after}: the pages must go on by id`);
        if (hasBegunAnew) {
          this.start = NIL_UUID;
          break;
        }
        hasBegunAnew = true;
        after = NIL_UUID;
        continue;
      }
      const begun = await pass.each(fresh, (item) => item.look());
      for (const { id } of fresh.slice(0, begun)) looked.add(id);
      if (pass.isCutShort) this.start = fresh[begun - 1]?.id ?? after;
      after = items[items.length - 1].id;
    }
    return looked;
  }
}
