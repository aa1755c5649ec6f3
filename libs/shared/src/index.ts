export { NIL_UUID, composeUuidV7, isUuid } from './uuid.js';
export { NEVER, formatTimestamp, parseTimestamp } from './timestamp.js';
