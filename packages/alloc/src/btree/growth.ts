/**
 * Inserting into a B-tree: full nodes are split from the leaf upwards, exactly as Rust 1.95 does.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { Neighbours } from "./neighbours.ts";
import { CAPACITY, MIN_LENGTH } from "./node-layout.ts";

/** A tree that can grow. */
export class Growth<K, V> extends Neighbours<K, V> {
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
    if (this.lengthOf(this.node) >= CAPACITY) this.splitLeaf();
    this.insertIntoLeaf(key, value);
    this.length++;
  }

  private insertIntoLeaf(key: K, value: V): void {
    const { node, index } = this;
    const length = this.lengthOf(node);
    this.showForWriting(node);
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
}

/** Which entry of a full node moves up, when there is something to insert at edge `index`. */
function middleFor(index: number): number {
  return index < MIN_LENGTH ? MIN_LENGTH - 1 : index <= MIN_LENGTH + 1 ? MIN_LENGTH : MIN_LENGTH + 1;
}
