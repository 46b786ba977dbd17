/**
 * Going along a B-tree: from an edge to the entries and leaf edges beside it.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { NodeSearch } from "./node-search.ts";

/** A tree with a place that moves. */
export class Nodes<K, V> extends NodeSearch<K, V> {
  /** Goes to the first edge of the first leaf below. */
  toFirstLeaf(node: Ptr, level: number): void {
    for (; level > 0; level--) node = this.edge(node, 0);
    this.node = node;
    this.level = 0;
    this.index = 0;
  }

  /** Goes to the last edge of the last leaf below. */
  toLastLeaf(node: Ptr, level: number): void {
    for (; level > 0; level--) node = this.edge(node, this.lengthOf(node));
    this.node = node;
    this.level = 0;
    this.index = this.lengthOf(node);
  }

  /** From the edge that we are at to the entry after it. @returns whether there is one */
  toNextEntry(): boolean {
    let { node, level, index } = this;
    while (index >= this.lengthOf(node)) {
      const parent = this.parentOf(node);
      if (parent === NULL) return false;
      index = this.indexInParent(node);
      node = parent;
      level++;
    }
    this.node = node;
    this.level = level;
    this.index = index;
    return true;
  }

  /** From the edge that we are at to the entry before it. @returns whether there is one */
  toPreviousEntry(): boolean {
    let { node, level, index } = this;
    while (index === 0) {
      const parent = this.parentOf(node);
      if (parent === NULL) return false;
      index = this.indexInParent(node);
      node = parent;
      level++;
    }
    this.node = node;
    this.level = level;
    this.index = index - 1;
    return true;
  }

  /** From an entry to the leaf edge after it. */
  toNextLeafEdge(): void {
    if (this.level === 0) this.index++;
    else this.toFirstLeaf(this.edge(this.node, this.index + 1), this.level - 1);
  }

  /** From an entry to the leaf edge before it. */
  toPreviousLeafEdge(): void {
    if (this.level > 0) this.toLastLeaf(this.edge(this.node, this.index), this.level - 1);
  }

  /** Goes to the first entry. @returns whether there is one */
  toFirst(): boolean {
    if (this.length === 0) return false;
    this.toFirstLeaf(this.root, this.height);
    return true;
  }

  /** Goes to the last entry. @returns whether there is one */
  toLast(): boolean {
    if (this.length === 0) return false;
    this.toLastLeaf(this.root, this.height);
    this.index--;
    return true;
  }
}
