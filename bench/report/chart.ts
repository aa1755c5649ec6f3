import { shown } from '../measures/throughput.js';

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly ours: boolean;
}

export interface BarChart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const LABEL = 230;
const BAR = 22;
const GAP = 8;
const HEAD = 44;

/** Horizontal bars on a logarithmic scale, one chart below the other. Readable on light and on dark paper. */
export function svgOf(charts: readonly BarChart[]): string {
  const heights = charts.map(({ bars }) => HEAD + bars.length * (BAR + GAP) + 16);
  let top = 0;
  const parts = charts.map((chart, index) => {
    const part = `<g transform="translate(0 ${top})">${chartOf(chart)}</g>`;
    top += heights[index];
    return part;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" font-family="system-ui, sans-serif" font-size="13">`,
    '<style>text{fill:#333}.ours{fill:#0a7f5a}.other{fill:#9aa5b1}.strong{font-weight:600}@media (prefers-color-scheme:dark){text{fill:#ddd}.other{fill:#66707c}.ours{fill:#27c08e}}</style>',
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function chartOf({ title, unit, bars }: BarChart): string {
  const values = bars.map(({ value }) => value);
  // A decade below the smallest one, so that even it has a bar.
  const low = Math.log10(Math.min(...values)) - 0.5;
  const high = Math.log10(Math.max(...values));
  const room = WIDTH - LABEL - 90;
  const rows = bars.map(({ label, value, ours }, index) => {
    const y = HEAD + index * (BAR + GAP);
    const width = Math.max(2, ((Math.log10(value) - low) / (high - low || 1)) * room);
    return (
      `<text x="${LABEL - 10}" y="${y + 16}" text-anchor="end"${ours ? ' class="strong"' : ''}>${label}</text>` +
      `<rect x="${LABEL}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="3" class="${ours ? 'ours' : 'other'}"/>` +
      `<text x="${(LABEL + width + 6).toFixed(1)}" y="${y + 16}">${shown(value)}</text>`
    );
  });
  return `<text x="10" y="26" class="strong" font-size="15">${title}</text><text x="${WIDTH - 10}" y="26" text-anchor="end">${unit}, logarithmic</text>${rows.join('')}`;
}
