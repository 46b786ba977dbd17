/**
 * Removing from a B-tree: nodes with too few entries are mended from the leaf upwards, exactly as Rust 1.95 does.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { Growth } from "./growth.ts";
import { CAPACITY, MIN_LENGTH } from "./node-layout.ts";

/** A tree that can grow and shrink. */
export class Balance<K, V> extends Growth<K, V> {
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
    this.showForWriting(leaf);
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
    this.toLastLeaf(this.edge(node, index), this.level - 1);
    const leaf = this.node;
    const last = this.index - 1;
    this.showForWriting(leaf);
    this.moveEntries(node, index, leaf, last, 1);
    this.removeFromLeaf(leaf, last);
    // Repairs may have moved the entry; it is still the next one from here.
    this.toNextEntry();
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
}
