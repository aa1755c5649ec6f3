/**
 * A defect that is put into a copy of the sources on purpose, to see whether anybody notices. `anchor` must be in the file
 * exactly once: when the code changes, the defect must be thought of anew.
 */
export interface Defect extends Edit {
  readonly name: string;
  readonly file: string;
  /** More of the same defect in the same file. */
  readonly also?: readonly Edit[];
}

interface Edit {
  readonly anchor: string;
  readonly instead: string;
}
