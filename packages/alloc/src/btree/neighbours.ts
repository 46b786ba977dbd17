/**
 * Moving entries between neighbouring nodes: stealing and merging, exactly as Rust 1.95 does.
 *
 * ```
 *                parent   … entry i …
 *                         ╱         ╲
 *        edge i: left ───            ─── right: edge i + 1
 * ```
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { WORD } from "@kmem/repr";
import { CAPACITY } from "./node-layout.ts";
import { Nodes } from "./nodes.ts";

/** A tree whose nodes exchange entries. */
export class Neighbours<K, V> extends Nodes<K, V> {
  // ── Entries within nodes ───────────────────────────────────────────────────────────────────────────────────────

  /** Moves `count` entries; the ranges may overlap. */
  moveEntries(to: Ptr, toIndex: number, from: Ptr, fromIndex: number, count: number): void {
    if (count <= 0) return;
    const { keySize, valueSize } = this;
    if (keySize > 0) this.moveBytes(this.keyAt(to, toIndex), this.keyAt(from, fromIndex), count * keySize);
    if (valueSize > 0) this.moveBytes(this.valueAt(to, toIndex), this.valueAt(from, fromIndex), count * valueSize);
  }

  /** Moves `count` edges; their children are not told. */
  moveEdges(to: Ptr, toIndex: number, from: Ptr, fromIndex: number, count: number): void {
    if (count <= 0) return;
    const { edgesAt } = this;
    this.moveBytes(to + edgesAt + toIndex * WORD, from + edgesAt + fromIndex * WORD, count * WORD);
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
