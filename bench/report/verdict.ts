import { rounded } from './stats.js';

/** One figure that has to be reached. */
export interface Ratio {
  readonly figure: string;
  /** null: could not be measured here, and why. */
  readonly value: number | null;
  readonly wanted: { readonly least: number } | { readonly most: number };
  readonly note?: string;
}

export function isReached({ value, wanted }: Ratio): boolean {
  if (value === null) return true;
  return 'least' in wanted ? value >= wanted.least : value <= wanted.most;
}

export function wantedText({ wanted }: Ratio): string {
  return 'least' in wanted ? `≥ ${wanted.least}` : `≤ ${wanted.most}`;
}

export function ratio(figure: string, value: number | null, wanted: Ratio['wanted'], note?: string): Ratio {
  return { figure, value: value === null || Number.isNaN(value) ? null : rounded(value), wanted, note };
}

export function ratioRows(ratios: readonly Ratio[]): string[][] {
  return ratios.map((one) => [
    one.figure,
    one.value === null ? `not measured: ${one.note ?? ''}` : String(one.value),
    wantedText(one),
    one.value === null ? '–' : isReached(one) ? 'reached' : 'MISSED',
  ]);
}

export const RATIO_HEAD = ['figure', 'measured', 'wanted', ''];
