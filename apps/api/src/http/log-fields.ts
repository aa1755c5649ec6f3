import { currentRequest } from './request-context.js';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** How the lines of the engine and of this host name what they are about. */
const NAMED = new RegExp(`\\b(tree|groupcall|leg|call|customer|command) (${UUID})`, 'gi');
const IN_URL = new RegExp(`/groupcalls/(${UUID})`, 'i');

/** What a line is about: the ids in its text, and those of the request on whose behalf it is written. */
export function fieldsOf(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  const request = currentRequest();
  if (request) {
    fields.request = request.id;
    const [, groupcall] = IN_URL.exec(request.url) ?? [];
    if (groupcall) fields.groupcall = groupcall.toLowerCase();
  }
  for (const [, name, id] of text.matchAll(NAMED)) {
    const field = name.toLowerCase() === 'call' ? 'leg' : name.toLowerCase();
    fields[field] ??= id.toLowerCase();
  }
  return fields;
}
