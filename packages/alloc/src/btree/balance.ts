/**
 * Changing a B-tree: splitting full nodes, and stealing from and merging with neighbours, exactly as Rust 1.95 does.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { CAPACITY, MIN_LENGTH } from "./node-layout.ts";
import { Nodes } from "./nodes.ts";

/** A tree that can grow and shrink. */
export class Balance<K, V> extends Nodes<K, V> {
  /** An entry's bytes on their way from a leaf to an internal node. */
  private readonly keyBytes = new Uint8Array(this.keySize);
  private readonly valueBytes = new Uint8Array(this.valueSize);

  // ── Entries within nodes ───────────────────────────────────────────────────────────────────────────────────────

  /** Moves `count` entries; the ranges may overlap. */
  moveEntries(to: Ptr, toIndex: number, from: Ptr, fromIndex: number, count: number): void {
    if (count <= 0) return;
    const { memory, keySize, valueSize } = this;
    if (keySize > 0) memory.copy(this.keyAt(to, toIndex), this.keyAt(from, fromIndex), count * keySize);
    if (valueSize > 0) memory.copy(this.valueAt(to, toIndex), this.valueAt(from, fromIndex), count * valueSize);
  }

  /** Moves `count` edges; their children are not told. */
  moveEdges(to: Ptr, toIndex: number, from: Ptr, fromIndex: number, count: number): void {
    if (count <= 0) return;
    const { edges } = this.layout;
    this.memory.copy(to + edges + toIndex * 8, from + edges + fromIndex * 8, count * 8);
  }

  // ── Inserting ──────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * Puts an entry at the leaf edge where {@link Nodes.search} has stopped. Afterwards `node` and `index` are its place.
   *
   * Both must have been checked.
   *
   * @throws calls the alloc error handler when there is no memory; nothing has changed then
   */
  insertHere(key: K, value: V): void {
    if (this.root === NULL) {
      this.root = this.takeLeaf();
      this.toFirstLeaf(this.root, 0);
    }
    const { node } = this;
    if (this.lengthOf(node) >= CAPACITY) this.splitLeaf();
    this.insertIntoLeaf(key, value);
    this.length++;
  }

  private insertIntoLeaf(key: K, value: V): void {
    const { node, index } = this;
    const length = this.lengthOf(node);
    this.moveEntries(node, index + 1, node, index, length - index);
    this.keys.write(this.keyAt(node, index), key);
    if (this.valueSize > 0) this.values.write(this.valueAt(node, index), value);
    this.setLength(node, length + 1);
  }

  /** Splits the full leaf that we are at, and goes to where the edge is then. */
  private splitLeaf(): void {
    const { node, index } = this;
    const fresh = this.takeForSplit(node);
    const middle = middleFor(index);
    const right = fresh[0]!;
    this.moveEntries(right, 0, node, middle + 1, CAPACITY - middle - 1);
    this.setLength(right, CAPACITY - middle - 1);
    this.setLength(node, middle);
    this.hangBeside(node, 0, middle, right, fresh);
    if (index > MIN_LENGTH) {
      this.node = right;
      this.index = index - middle - 1;
    }
  }

  /** Takes all blocks that splitting a full leaf needs, before anything changes: leaf, internal nodes, root. */
  private takeForSplit(leaf: Ptr): readonly Ptr[] {
    const fresh: Ptr[] = [];
    try {
      fresh.push(this.takeLeaf());
      let node = leaf;
      while (this.lengthOf(node) >= CAPACITY) {
        const parent = this.parentOf(node);
        if (parent === NULL || this.lengthOf(parent) >= CAPACITY) fresh.push(this.takeInternal());
        if (parent === NULL) break;
        node = parent;
      }
    } catch (error) {
      for (const [level, node] of fresh.entries()) this.freeNode(node, level);
      throw error;
    }
    return fresh;
  }

  /** Hangs `right` beside `node`; entry `middle`, which lies behind the end of `node`, comes between them. */
  private hangBeside(node: Ptr, level: number, middle: number, right: Ptr, fresh: readonly Ptr[]): void {
    const parent = this.parentOf(node);
    if (parent === NULL) {
      const root = fresh[level + 1]!;
      this.setEdge(root, 0, node);
      this.root = root;
      this.height = level + 1;
      this.insertIntoInternal(root, 0, node, middle, right);
      return;
    }
    const index = this.indexInParent(node);
    if (this.lengthOf(parent) < CAPACITY) {
      this.insertIntoInternal(parent, index, node, middle, right);
      return;
    }
    const cut = middleFor(index);
    const beside = fresh[level + 1]!;
    const count = CAPACITY - cut - 1;
    this.moveEntries(beside, 0, parent, cut + 1, count);
    this.moveEdges(beside, 0, parent, cut + 1, count + 1);
    this.setLength(beside, count);
    this.setLength(parent, cut);
    this.correctChildren(beside, 0, count + 1);
    this.hangBeside(parent, level + 1, cut, beside, fresh);
    if (index > MIN_LENGTH) this.insertIntoInternal(beside, index - cut - 1, node, middle, right);
    else this.insertIntoInternal(parent, index, node, middle, right);
  }

  /** Puts an entry (its bytes lie in another node) and the edge behind it into an internal node that has room. */
  private insertIntoInternal(node: Ptr, index: number, from: Ptr, fromIndex: number, right: Ptr): void {
    const length = this.lengthOf(node);
    this.moveEntries(node, index + 1, node, index, length - index);
    this.moveEdges(node, index + 2, node, index + 1, length - index);
    this.moveEntries(node, index, from, fromIndex, 1);
    this.setLength(node, length + 1);
    this.setEdge(node, index + 1, right);
    this.correctChildren(node, index + 2, length + 2);
  }

  // ── Removing ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Moves out the key where we are; its bytes are dead afterwards. */
  takeKeyHere(): K {
    return this.keys.take(this.keyAt(this.node, this.index));
  }

  takeValueHere(): V {
    return this.values.take(this.valueAt(this.node, this.index));
  }

  /**
   * Removes the entry where we are, whose bytes are dead, from the tree; goes to the leaf edge where it was, or the one
   * after it.
   */
  unlinkHere(): void {
    this.length--;
    if (this.level === 0) this.removeFromLeaf(this.node, this.index);
    else this.removeFromInternal(this.node, this.index);
    if (this.height > 0 && this.lengthOf(this.root) === 0) {
      // At a leaf edge now: losing the root changes no leaf.
      this.popRoot();
    }
  }

  private removeFromLeaf(leaf: Ptr, index: number): void {
    const length = this.lengthOf(leaf) - 1;
    this.moveEntries(leaf, index, leaf, index + 1, length - index);
    this.setLength(leaf, length);
    this.node = leaf;
    this.level = 0;
    this.index = index;
    if (length >= MIN_LENGTH) return;
    const parent = this.parentOf(leaf);
    if (parent === NULL) return;
    const at = this.indexInParent(leaf);
    if (at > 0) {
      const left = this.edge(parent, at - 1);
      const leftLength = this.lengthOf(left);
      if (leftLength + length + 1 <= CAPACITY) {
        this.merge(parent, 1, at - 1);
        this.node = left;
        this.index = leftLength + 1 + index;
      } else {
        this.stealLeft(parent, 1, at - 1, 1);
        this.index = index + 1;
      }
    } else if (length + this.lengthOf(this.edge(parent, 1)) + 1 <= CAPACITY) this.merge(parent, 1, 0);
    else this.stealRight(parent, 1, 0, 1);
    this.repairUpwards(parent, 1);
  }

  /** The entry before it, which lies in a leaf, takes its place. */
  private removeFromInternal(node: Ptr, index: number): void {
    const { memory, keyBytes, valueBytes } = this;
    this.toLastLeaf(this.edge(node, index), this.level - 1);
    const leaf = this.node;
    const last = this.index - 1;
    if (this.keySize > 0) memory.readBytes(this.keyAt(leaf, last), keyBytes);
    if (this.valueSize > 0) memory.readBytes(this.valueAt(leaf, last), valueBytes);
    this.removeFromLeaf(leaf, last);
    // The entry may have been moved by repairs; it is still the next one from here.
    this.toNextEntry();
    if (this.keySize > 0) memory.writeBytes(this.keyAt(this.node, this.index), keyBytes);
    if (this.valueSize > 0) memory.writeBytes(this.valueAt(this.node, this.index), valueBytes);
    this.toNextLeafEdge();
  }

  /** Mends a node that may have too few entries, and then its parent if that lost one. */
  private repairUpwards(node: Ptr, level: number): void {
    for (;;) {
      const length = this.lengthOf(node);
      if (length >= MIN_LENGTH) return;
      const parent = this.parentOf(node);
      if (parent === NULL) return;
      const at = this.indexInParent(node);
      const left = at > 0 ? at - 1 : 0;
      const other = this.lengthOf(this.edge(parent, at > 0 ? left : 1));
      if (length + other + 1 <= CAPACITY) this.merge(parent, level + 1, left);
      else {
        if (at > 0) this.stealLeft(parent, level + 1, left, MIN_LENGTH - length);
        else this.stealRight(parent, level + 1, left, MIN_LENGTH - length);
        return;
      }
      node = parent;
      level++;
    }
  }

  /** Frees a root without entries; its only child is the root then. */
  popRoot(): void {
    const { root, height } = this;
    this.root = this.edge(root, 0);
    this.height = height - 1;
    this.setParent(this.root, NULL, 0);
    this.freeNode(root, height);
  }

  // ── Neighbours ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Whether the children beside entry `index` fit into one node, together with the entry. */
  canMerge(parent: Ptr, index: number): boolean {
    return this.lengthOf(this.edge(parent, index)) + this.lengthOf(this.edge(parent, index + 1)) + 1 <= CAPACITY;
  }

  /** Moves entry `index` and everything of the child to its right into the child to its left. */
  merge(parent: Ptr, parentLevel: number, index: number): Ptr {
    const left = this.edge(parent, index);
    const right = this.edge(parent, index + 1);
    const leftLength = this.lengthOf(left);
    const rightLength = this.lengthOf(right);
    const parentLength = this.lengthOf(parent);
    const length = leftLength + 1 + rightLength;
    this.moveEntries(left, leftLength, parent, index, 1);
    this.moveEntries(left, leftLength + 1, right, 0, rightLength);
    this.moveEntries(parent, index, parent, index + 1, parentLength - index - 1);
    this.moveEdges(parent, index + 1, parent, index + 2, parentLength - index - 1);
    this.setLength(parent, parentLength - 1);
    this.setLength(left, length);
    this.correctChildren(parent, index + 1, parentLength);
    if (parentLevel > 1) {
      this.moveEdges(left, leftLength + 1, right, 0, rightLength + 1);
      this.correctChildren(left, leftLength + 1, length + 1);
    }
    this.freeNode(right, parentLevel - 1);
    return left;
  }

  /** Moves `count` entries from the child to the left of entry `index` to the child to its right, by way of it. */
  stealLeft(parent: Ptr, parentLevel: number, index: number, count: number): void {
    const left = this.edge(parent, index);
    const right = this.edge(parent, index + 1);
    const leftLength = this.lengthOf(left);
    const rightLength = this.lengthOf(right);
    const rest = leftLength - count;
    this.moveEntries(right, count, right, 0, rightLength);
    this.moveEntries(right, 0, left, rest + 1, count - 1);
    this.moveEntries(right, count - 1, parent, index, 1);
    this.moveEntries(parent, index, left, rest, 1);
    this.setLength(left, rest);
    this.setLength(right, rightLength + count);
    if (parentLevel === 1) return;
    this.moveEdges(right, count, right, 0, rightLength + 1);
    this.moveEdges(right, 0, left, rest + 1, count);
    this.correctChildren(right, 0, rightLength + count + 1);
  }

  /** Moves `count` entries from the child to the right of entry `index` to the child to its left, by way of it. */
  stealRight(parent: Ptr, parentLevel: number, index: number, count: number): void {
    const left = this.edge(parent, index);
    const right = this.edge(parent, index + 1);
    const leftLength = this.lengthOf(left);
    const rightLength = this.lengthOf(right);
    const rest = rightLength - count;
    this.moveEntries(left, leftLength, parent, index, 1);
    this.moveEntries(left, leftLength + 1, right, 0, count - 1);
    this.moveEntries(parent, index, right, count - 1, 1);
    this.moveEntries(right, 0, right, count, rest);
    this.setLength(left, leftLength + count);
    this.setLength(right, rest);
    if (parentLevel === 1) return;
    this.moveEdges(left, leftLength + 1, right, 0, count);
    this.moveEdges(right, 0, right, count, rest + 1);
    this.correctChildren(left, leftLength + 1, leftLength + count + 1);
    this.correctChildren(right, 0, rest + 1);
  }
}

/** Which entry of a full node moves up, when there is something to insert at edge `index`. */
function middleFor(index: number): number {
  return index < MIN_LENGTH ? MIN_LENGTH - 1 : index <= MIN_LENGTH + 1 ? MIN_LENGTH : MIN_LENGTH + 1;
}
