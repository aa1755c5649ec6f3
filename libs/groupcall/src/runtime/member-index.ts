/** Whoever is found by the ids of its members. */
export interface MembersOwner {
  /** Ids that lead here; 0: none any more. */
  members: number;
}

/** A power of two. */
const LEAST_ROOM = 64;
/** Members that have gone may stay in the table, besides as many as there are. */
const MOST_GONE = 1_000;

/**
 * From an id to its owner. Keeps no ids, only their hashes: whoever looks one up asks the owner whether it is his. So a
 * member costs 24 bytes instead of a hundred, and an owner can go without saying who its members were.
 */
export class MemberIndex<Owner extends MembersOwner> {
  private hashes = new Int32Array(LEAST_ROOM);
  /** At the same place as the hash; undefined: free. */
  private owners: (Owner | undefined)[] = roomFor(LEAST_ROOM);
  /** Places that are not free. */
  private taken = 0;
  /** Members of owners that are still here. */
  private count = 0;

  /** Members that can be found. */
  get size(): number {
    return this.count;
  }

  /** Once more does nothing. */
  add(id: string, owner: Owner): void {
    const hash = hashOf(id);
    const { hashes, owners } = this;
    let left = -1;
    let at = hash & (owners.length - 1);
    for (let other = owners[at]; other !== undefined; other = owners[at]) {
      if (other === owner && hashes[at] === hash) return;
      if (other.members === 0 && left < 0) left = at;
      at = (at + 1) & (owners.length - 1);
    }
    owner.members += 1;
    this.count += 1;
    if (left < 0) this.taken += 1;
    else at = left;
    hashes[at] = hash;
    owners[at] = owner;
    if (this.taken * 10 > owners.length * 7) this.rebuild();
  }

  /** @param owns whether the id is really one of this owner's: ids may have the same hash */
  find(id: string, owns: (owner: Owner) => boolean): Owner | undefined {
    const hash = hashOf(id);
    const { hashes, owners } = this;
    let at = hash & (owners.length - 1);
    for (let owner = owners[at]; owner !== undefined; owner = owners[at]) {
      if (hashes[at] === hash && owner.members > 0 && owns(owner)) return owner;
      at = (at + 1) & (owners.length - 1);
    }
    return undefined;
  }

  /** None of its members is found any more; their places are cleared later, many at a time. */
  drop(owner: Owner): void {
    this.count -= owner.members;
    owner.members = 0;
    if (this.taken > 2 * this.count + MOST_GONE) this.rebuild();
  }

  /** A table of the right size, without those that have gone. */
  private rebuild(): void {
    const { hashes, owners } = this;
    let room = LEAST_ROOM;
    while (room < 2 * this.count) room *= 2;
    this.hashes = new Int32Array(room);
    this.owners = roomFor(room);
    this.taken = this.count;
    for (const [from, owner] of owners.entries()) {
      if (owner === undefined || owner.members === 0) continue;
      let at = hashes[from] & (room - 1);
      while (this.owners[at] !== undefined) at = (at + 1) & (room - 1);
      this.hashes[at] = hashes[from];
      this.owners[at] = owner;
    }
  }
}

function roomFor(places: number): undefined[] {
  return new Array<undefined>(places).fill(undefined);
}

/** FNV-1a, its high bits mixed into the low ones that choose the place. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1)
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return hash ^ (hash >>> 15);
}
