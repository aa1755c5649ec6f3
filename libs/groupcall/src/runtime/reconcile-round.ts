import type { ReconcilePass } from './reconcile-pass.js';

/** Something that is looked at, and its place in the order of pages. */
export interface RoundItem<Place> {
  readonly id: string;
  readonly place: Place;
  look(): Promise<void>;
}

/**
 * One look after the other at everything that comes in pages, in one order. A look that is given up is continued by the next one
 * behind the place where it ended, and then from the beginning up to there: so however many items are bad for good, each
 * of the others is reached.
 */
export class ReconcileRound<Place> {
  private start: Place | null = null;

  /** @param what is looked at, and by whom it is listed; for the error */
  constructor(private readonly what: string) {}

  /** The last look was given up: the next one continues it. */
  get isUnfinished(): boolean {
    return this.start !== null;
  }

  /**
   * @param page the next items behind the place `after`, null: the first ones; none when there are no more
   * @returns the ids that were looked at, those that failed among them
   * @throws what `page` throws, and an error when its pages do not go on
   */
  async look(
    pass: ReconcilePass,
    page: (after: Place | null) => Promise<readonly RoundItem<Place>[]>,
  ): Promise<Set<string>> {
    const looked = new Set<string>();
    let hasBegunAnew = this.start === null;
    const startedAtBeginning = hasBegunAnew;
    for (let after = this.start; !pass.isCutShort;) {
      const items = await page(after);
      const fresh = items.filter(({ id }) => !looked.has(id));
      if (fresh.length === 0) {
        if (items.length > 0 && (startedAtBeginning || !hasBegunAnew))
          throw new Error(`${this.what} are listed again, ${items[0].id} first: the pages must go on by id`);
        if (hasBegunAnew) {
          this.start = null;
          break;
        }
        hasBegunAnew = true;
        after = null;
        continue;
      }
      const begun = await pass.each(fresh, (item) => item.look());
      for (const { id } of fresh.slice(0, begun)) looked.add(id);
      if (pass.isCutShort) this.start = fresh[begun - 1]?.place ?? after;
      after = items[items.length - 1].place;
    }
    return looked;
  }
}
