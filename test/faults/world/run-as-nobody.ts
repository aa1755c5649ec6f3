/** Database servers refuse to run as root; this user exists everywhere. */
const NOBODY = 65534;

/** For `spawn`, and for the owner of the data. */
export function asNobody(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}
