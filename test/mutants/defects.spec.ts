import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFECTS_OF_ADAPTERS } from './defects-of-adapters.js';
import { DEFECTS } from './defects.js';

const ROOT = join(__dirname, '../..');
const ALL = [...DEFECTS, ...DEFECTS_OF_ADAPTERS];

/** The hunt takes minutes; that a defect has lost its place in the code is seen here at once. */
describe('A defect that is put in on purpose', () => {
  it.each(ALL.map((defect) => [defect.name, defect] as const))(
    'has its place in the code: %s',
    (_name, defect) => {
      const source = readFileSync(join(ROOT, defect.file), 'utf8');
      const anchors = [defect.anchor, ...(defect.also ?? []).map(({ anchor }) => anchor)];
      expect(anchors.map((anchor) => source.split(anchor).length - 1)).toEqual(anchors.map(() => 1));
    },
  );
});
