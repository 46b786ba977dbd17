/**
 * Finding a key in a B-tree.
 *
 * Places are three numbers: a node, its level (0 is a leaf) and an index, of an entry or of an edge.
 *
 * ```
 *            edge 0   entry 0   edge 1   entry 1   …   entry n−1   edge n
 * ```
 * Methods that find a place leave it in `node`, `level` and `index`, so that nothing is allocated for it.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { readPtr, WORD } from "@kmem/repr";
import { NodeParts } from "./node-parts.ts";
import { lowerBound, lowerBoundU32 } from "./search.ts";

const TWO_32 = 0x1_0000_0000;

/** A tree that keys are found in. */
export class NodeSearch<K, V> extends NodeParts<K, V> {
  /** The place found last. */
  node: Ptr = NULL;
  level = 0;
  index = 0;

  private readonly isFloat: boolean = this.fastKind === 7 || this.fastKind === 8;

  /** The key as the tree would hold it. @throws ReprError `repr/value` for a primitive that it cannot hold */
  checkedKey(key: K): K {
    if ((this.keyType.kind ?? 0) === 0) return key;
    this.keys.check(key);
    return this.fastKind === 7 ? (Math.fround(key as number) as K) : key;
  }

  /**
   * Goes to the entry of `key`, or to the leaf edge where it would go. The tree must have a root.
   *
   * @returns whether there is such an entry
   */
  search(key: K): boolean {
    // A float that is 0 or NaN is not found by comparing numbers.
    if (this.fastKind !== 0 && ((key as number) < 0 || (key as number) > 0 || (key === 0 && !this.isFloat)))
      return this.searchFast(key as number);
    let node = this.root;
    for (let level = this.height; ; level--) {
      const found = this.searchNode(node, key);
      this.node = node;
      this.level = level;
      if (found || level === 0) return found;
      node = this.edge(node, this.index);
    }
  }

  /** The first entry that is not below `key`, in one node; leaves it in `index`. @returns whether it is equal */
  searchNode(node: Ptr, key: K): boolean {
    const { keyType } = this;
    const length = this.lengthOf(node);
    let i = 0;
    for (; i < length; i++) {
      const order = keyType.compare(key, this.readKey(node, i));
      if (order > 0) continue;
      this.index = i;
      return order === 0;
    }
    this.index = i;
    return false;
  }

  /** Goes from node to node by indices in the views, in small integers: as addresses they took half as long again. */
  private searchFast(key: number): boolean {
    const { fastKind, keysAt, lengthAt, edgesAt } = this;
    let { height: level } = this;
    let at = this.enter(this.root);
    for (; ; level--) {
      const views = this.views!;
      if (at < 0) return this.searchSlowly(this.node, level, key);
      const length = views.u16[(at + lengthAt) >>> 1]!;
      const keys = (at + keysAt) | 0;
      const found =
        fastKind === 5
          ? lowerBoundU32(views.u32, keys >>> 2, length, key)
          : lowerBound(fastKind, views, keys, length, key);
      const index = found < 0 ? ~found : found;
      if (found < 0 || level === 0) {
        this.node = this.base + (at - this.firstIndex);
        this.level = level;
        this.index = index;
        return found < 0;
      }
      const edge = (at + edgesAt + index * WORD) | 0;
      if (edge <= this.lastIndex) {
        const low = views.i32[edge >>> 2]!;
        const high = views.i32[(edge >>> 2) + 1]!;
        const offset = (low - this.baseLow) | 0;
        at = (offset + this.firstIndex) | 0;
        if (high !== this.baseHigh || offset < 0 || at > this.lastIndex) at = this.enter(high * TWO_32 + (low >>> 0));
      } else at = this.enter(readPtr(this.memory, this.base + (edge - this.firstIndex)));
    }
  }

  /** Index of a node in the views, which are looked for if need be; −1, and it is in `node`, if it has none. */
  private enter(node: Ptr): number {
    this.node = node;
    const index = this.indexInViews(node);
    return index <= this.lastIndex ? index | 0 : -1;
  }

  /** From a node on that does not lie in one window. */
  private searchSlowly(node: Ptr, level: number, key: number): boolean {
    for (; ; level--) {
      const found = this.searchNode(node, key as K);
      this.node = node;
      this.level = level;
      if (found || level === 0) return found;
      node = this.edge(node, this.index);
    }
  }
}
