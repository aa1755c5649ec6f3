import { badField } from './api-error.js';
import { findForbiddenKey, mayHaveForbiddenKey } from './forbidden-keys.js';

/** More than any sensible request needs; nested groupcalls take two levels each. */
const MOST_NESTING = 64;

/**
 * How deep a body may nest.
 * @param depth levels of nested groupcalls, 0 = no limit
 */
export function mostNesting(depth: number): number {
  return depth === 0 ? 1_000 : Math.max(MOST_NESTING, 2 * depth + 8);
}

/** @throws ApiError INVALID_ARGUMENT */
export function parseJson(text: string, nesting: number): unknown {
  if (nestsDeeperThan(text, nesting)) throw badField('body', `is nested deeper than ${nesting} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own text repeats what was sent.
    throw badField('body', 'is not valid JSON');
  }
  const path = mayHaveForbiddenKey(text) ? findForbiddenKey(value) : undefined;
  if (path !== undefined) throw badField(path, 'is not allowed as a key');
  return value;
}

/** Looks at brackets only, so that a bomb is never built up in memory. */
function nestsDeeperThan(text: string, most: number): boolean {
  // Whatever they enclose: so few cannot nest deeper, and counting them costs next to nothing.
  if (!hasMoreThan(most, text)) return false;
  let depth = 0;
  let inText = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i];
    if (inText) {
      if (character === '\\') i += 1;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > most) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

/** Whether there are more opening brackets than `most`. */
function hasMoreThan(most: number, text: string): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > most) return true;
    }
  }
  return false;
}
