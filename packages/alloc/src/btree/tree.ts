/**
 * A B-tree as a whole: building it from ascending entries, cutting it in two, copying it, and using it up.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { cloneValue } from "@kmem/repr";
import { Balance } from "./balance.ts";
import { FirstError } from "./first-error.ts";
import { CAPACITY, MIN_LENGTH } from "./node-layout.ts";

/** Which entries come before the cut: those below the key, and (if `after`) the one that is equal. */
export interface Cut<K> {
  readonly key: K;
  readonly after: boolean;
}

export class Tree<K, V> extends Balance<K, V> {
  /** The leaf that {@link Tree.pushLast} fills. */
  private filling: Ptr = NULL;

  /** Gives everything to another tree; this one is empty then. */
  moveTo(other: Tree<K, V>): void {
    other.assume(this.root, this.height, this.length);
    this.assume(NULL, 0, 0);
  }

  /** Goes to the leaf edge at a cut; `undefined` is the very start. The tree must have a root. */
  toCut(cut: Cut<K> | undefined): void {
    if (cut === undefined) {
      this.toFirstLeaf(this.root, this.height);
      return;
    }
    if (!this.search(cut.key)) return;
    if (cut.after) this.toNextLeafEdge();
    else this.toPreviousLeafEdge();
  }

  // ── Building ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes the first leaf of a tree that is to be built by {@link Tree.pushLast}. */
  beginBuilding(): void {
    this.assume(this.takeLeaf(), 0, 0);
    this.filling = this.root;
  }

  /** Appends an entry that is above all others. */
  pushLast(key: K, value: V): void {
    const { filling } = this;
    const length = this.lengthOf(filling);
    if (length < CAPACITY) this.putEntry(filling, length, key, value);
    else this.pushInBranch(key, value);
    this.length++;
  }

  /** The leaf is full: the entry goes to the nearest ancestor with room, and gets an empty branch behind it. */
  private pushInBranch(key: K, value: V): void {
    let node = this.filling;
    let level = 0;
    for (;;) {
      const parent = this.parentOf(node);
      level++;
      if (parent === NULL) {
        node = this.pushRoot();
        break;
      }
      node = parent;
      if (this.lengthOf(node) < CAPACITY) break;
    }
    const branch = this.pillar(level - 1);
    const length = this.lengthOf(node);
    this.putEntry(node, length, key, value);
    this.setEdge(node, length + 1, branch);
    for (this.filling = branch; level > 1; level--) this.filling = this.edge(this.filling, 0);
  }

  private putEntry(node: Ptr, index: number, key: K, value: V): void {
    this.keys.write(this.keyAt(node, index), key);
    if (this.valueSize > 0) this.values.write(this.valueAt(node, index), value);
    this.setLength(node, index + 1);
  }

  /** Ends building: every node at the right edge gets enough entries. */
  endBuilding(): void {
    let node = this.root;
    for (let level = this.height; level > 0; level--) {
      const last = this.lengthOf(node) - 1;
      const child = this.edge(node, last + 1);
      const length = this.lengthOf(child);
      if (length < MIN_LENGTH) this.stealLeft(node, level, last, MIN_LENGTH - length);
      node = child;
    }
  }

  private pushRoot(): Ptr {
    const root = this.takeInternal();
    this.setEdge(root, 0, this.root);
    this.root = root;
    this.height++;
    return root;
  }

  /** An empty leaf, with so many internal nodes without entries above it. */
  private pillar(height: number): Ptr {
    let node = this.takeLeaf();
    for (let level = 1; level <= height; level++) {
      let above: Ptr;
      try {
        above = this.takeInternal();
      } catch (error) {
        this.freePillar(node, level - 1);
        throw error;
      }
      this.setEdge(above, 0, node);
      node = above;
    }
    return node;
  }

  private freePillar(node: Ptr, level: number): void {
    for (; ; level--) {
      const child = level > 0 ? this.edge(node, 0) : NULL;
      this.freeNode(node, level);
      if (level === 0) return;
      node = child;
    }
  }

  // ── Cutting ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Moves every entry from `key` on to `right`, an empty tree of the same types. The tree must not be empty. */
  splitOff(key: K, right: Tree<K, V>): void {
    const total = this.length;
    right.assume(right.pillar(this.height), this.height, 0);
    let from = this.root;
    let to = right.root;
    for (let level = this.height; ; level--) {
      // An equal entry goes to the right.
      this.searchNode(from, key);
      const { index } = this;
      const count = this.lengthOf(from) - index;
      this.moveEntries(to, 0, from, index, count);
      this.setLength(from, index);
      this.setLength(to, count);
      if (level === 0) break;
      this.moveEdges(to, 1, from, index + 1, count);
      this.correctChildren(to, 1, count + 1);
      from = this.edge(from, index);
      to = this.edge(to, 0);
    }
    this.mendRightBorder();
    right.mendLeftBorder();
    if (this.height < right.height) {
      this.length = this.countEntries(this.root, this.height);
      right.length = total - this.length;
    } else {
      right.length = right.countEntries(right.root, right.height);
      this.length = total - right.length;
    }
  }

  private countEntries(node: Ptr, level: number): number {
    let count = this.lengthOf(node);
    if (level > 0)
      for (let i = this.lengthOf(node); i >= 0; i--) count += this.countEntries(this.edge(node, i), level - 1);
    return count;
  }

  private mendTop(): void {
    while (this.height > 0 && this.lengthOf(this.root) === 0) this.popRoot();
  }

  private mendRightBorder(): void {
    this.mendTop();
    let node = this.root;
    for (let level = this.height; level > 0; level--) {
      const last = this.lengthOf(node) - 1;
      if (this.canMerge(node, last)) node = this.merge(node, level, last);
      else {
        const child = this.edge(node, last + 1);
        const length = this.lengthOf(child);
        if (length <= MIN_LENGTH) this.stealLeft(node, level, last, MIN_LENGTH + 1 - length);
        node = child;
      }
    }
    this.mendTop();
  }

  private mendLeftBorder(): void {
    this.mendTop();
    let node = this.root;
    for (let level = this.height; level > 0; level--) {
      if (this.canMerge(node, 0)) node = this.merge(node, level, 0);
      else {
        const child = this.edge(node, 0);
        const length = this.lengthOf(child);
        if (length <= MIN_LENGTH) this.stealRight(node, level, 0, MIN_LENGTH + 1 - length);
        node = child;
      }
    }
    this.mendTop();
  }

  // ── Copying ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Makes this empty tree a copy of another one, of the same shape. */
  cloneFrom(source: Tree<K, V>): void {
    if (source.length > 0) this.assume(this.cloneNode(source.root, source.height), source.height, source.length);
  }

  private cloneNode(from: Ptr, level: number): Ptr {
    const first = level > 0 ? this.cloneNode(this.edge(from, 0), level - 1) : NULL;
    let node: Ptr;
    try {
      node = level > 0 ? this.takeInternal() : this.takeLeaf();
    } catch (error) {
      if (first !== NULL) this.dropNodes(first, level - 1);
      throw error;
    }
    if (first !== NULL) this.setEdge(node, 0, first);
    try {
      const length = this.lengthOf(from);
      for (let i = 0; i < length; i++) this.cloneEntry(node, from, i, level);
    } catch (error) {
      this.dropNodes(node, level);
      throw error;
    }
    return node;
  }

  /** Copies an entry, and the subtree behind it. */
  private cloneEntry(node: Ptr, from: Ptr, index: number, level: number): void {
    const { memory, allocator } = this;
    cloneValue(this.keyType, memory, this.keyAt(from, index), this.keyAt(node, index), allocator);
    let cloned = 1;
    try {
      cloneValue(this.valueType, memory, this.valueAt(from, index), this.valueAt(node, index), allocator);
      cloned = 2;
      if (level > 0) this.setEdge(node, index + 1, this.cloneNode(this.edge(from, index + 1), level - 1));
    } catch (error) {
      this.keys.drop(this.keyAt(node, index));
      if (cloned === 2) this.values.drop(this.valueAt(node, index));
      throw error;
    }
    this.setLength(node, index + 1);
  }

  // ── Using up ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Drops every entry in order, key before value; each node is freed when it is left. */
  dropAll(): void {
    const { root, height } = this;
    this.assume(NULL, 0, 0);
    if (root !== NULL) this.dropNodes(root, height);
  }

  private dropNodes(node: Ptr, level: number): void {
    const errors = new FirstError();
    this.dropBelow(node, level, errors);
    errors.rethrow();
  }

  private dropBelow(node: Ptr, level: number, errors: FirstError): void {
    const length = this.lengthOf(node);
    for (let i = 0; i <= length; i++) {
      if (level > 0) this.dropBelow(this.edge(node, i), level - 1, errors);
      if (i < length) {
        if (this.keys.owns) errors.attempt(() => this.keys.drop(this.keyAt(node, i)));
        if (this.values.owns) errors.attempt(() => this.values.drop(this.valueAt(node, i)));
      }
    }
    this.freeNode(node, level);
  }
}
