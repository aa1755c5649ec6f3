/**
 * A defect put into the text of its file: every anchor must be there exactly once.
 * @param defect `{ name, file, anchor, instead, also? }`, see `defect.ts`
 */
export function spoilt(source, { name, file, anchor, instead, also = [] }) {
  return [{ anchor, instead }, ...also].reduce((text, edit) => {
    const found = text.split(edit.anchor).length - 1;
    if (found !== 1)
      throw new Error(
        `Defect "${name}": its anchor "${edit.anchor}" is ${found} times in ${file}, not once. Think of it anew.`,
      );
    return text.replace(edit.anchor, () => edit.instead);
  }, source);
}
