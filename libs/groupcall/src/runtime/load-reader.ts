import { Injectable } from '@nestjs/common';
import { GroupcallStore, type TreeFound, type TreeWanted } from '../ports/groupcall-store.port.js';
import { Gathered } from './gathered.js';

/** Reads what many trees wait for in few statements, as `CommitWriter` writes it. */
@Injectable()
export class LoadReader {
  private readonly trees: Gathered<TreeWanted, TreeFound>;
  private readonly roots: Gathered<string, string | null>;

  constructor(store: GroupcallStore) {
    this.trees = new Gathered((wanted) => store.loadMany(wanted));
    this.roots = new Gathered((legIds) => store.findRootsOfLegs(legIds));
  }

  /** @param knownVersion what need not be read again; 0: everything is wanted */
  tree(rootId: string, knownVersion: number): Promise<TreeFound> {
    return this.trees.ask({ rootId, knownVersion });
  }

  /** The tree of a leg, or null. */
  rootOfLeg(legId: string): Promise<string | null> {
    return this.roots.ask(legId);
  }
}
