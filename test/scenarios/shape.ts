/** What may stand where: a type name, a list (`[…]`), a map (`{…}`), or alternatives. */
export type Shape =
  | 'text'
  | 'number'
  | 'flag'
  | 'any'
  | { words: readonly string[] }
  | { list: Shape }
  | { map: Shape }
  | { keys: Keys; needs?: string[] }
  | Shape[];
export type Keys = Record<string, Shape>;

/** '' when the value has the shape. */
export function problemOf(shape: Shape, value: unknown, place: string): string {
  if (shape === 'any') return '';
  if (shape === 'text') return typeof value === 'string' ? '' : `${place}: must be a text`;
  if (shape === 'number') return typeof value === 'number' ? '' : `${place}: must be a number`;
  if (shape === 'flag') return typeof value === 'boolean' ? '' : `${place}: must be true or false`;
  if (Array.isArray(shape)) return ofAlternatives(shape, value, place);
  if ('words' in shape)
    return shape.words.includes(value as string) ? '' : `${place}: must be one of ${shape.words.join(', ')}`;
  if ('list' in shape) {
    if (!Array.isArray(value)) return `${place}: must be a list`;
    return firstOf(value.map((item, index) => problemOf(shape.list, item, `${place}[${index}]`)));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `${place}: must be an object`;
  const entries = Object.entries(value);
  if ('map' in shape)
    return firstOf(entries.map(([key, item]) => problemOf(shape.map, item, `${place}.${key}`)));
  const missing = shape.needs?.find((key) => !(key in value));
  if (missing) return `${place}: needs ${missing}`;
  const { keys } = shape;
  return firstOf(
    entries.map(([key, item]) =>
      key in keys
        ? problemOf(keys[key], item, `${place}.${key}`)
        : `${place}: ${key} is not known here; known are ${Object.keys(keys).join(', ')}`,
    ),
  );
}

function ofAlternatives(shapes: Shape[], value: unknown, place: string): string {
  // null stands for "removed" where anything may stand.
  if (shapes.includes('any'))
    return value === null
      ? ''
      : problemOf(
          shapes.find((one) => one !== 'any')!,
          value,
          place,
        );
  const problems = shapes.map((one) => problemOf(one, value, place));
  return problems.includes('') ? '' : (problems.at(-1) ?? '');
}

function firstOf(problems: string[]): string {
  return problems.find((problem) => problem !== '') ?? '';
}

export function allTexts(names: string[]): Shape {
  return { keys: Object.fromEntries(names.map((name): [string, Shape] => [name, 'text'])) };
}

export function allNumbers(names: string[]): Shape {
  return { keys: Object.fromEntries(names.map((name): [string, Shape] => [name, 'number'])) };
}
