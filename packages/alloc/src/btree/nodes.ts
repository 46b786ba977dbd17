/**
 * A B-tree's nodes in memory: reading and writing their parts, and finding a place in the tree.
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
import type { GlobalAlloc } from "@kmem/global-alloc";
import { NULL, type Memory, type Ptr, type Views } from "@kmem/memory";
import { Access, isNaturallyOrdered, readPtr, WORD, writePtr, type Lender, type Type } from "@kmem/repr";
import { takeBlock } from "../core/block.ts";
import { nodeLayout, type NodeLayout } from "./node-layout.ts";
import { canSearchFast, lowerBound } from "./search.ts";

const TWO_32 = 0x1_0000_0000;

export class Nodes<K, V> {
  root: Ptr = NULL;
  /** Level of the root. */
  height = 0;
  /** Number of entries. */
  length = 0;

  /** The place found last. */
  node: Ptr = NULL;
  level = 0;
  index = 0;

  readonly keyType: Type<K>;
  readonly valueType: Type<V>;
  readonly keys: Access<K>;
  readonly values: Access<V>;
  readonly memory: Memory;
  readonly allocator: GlobalAlloc;
  readonly layout: NodeLayout;
  readonly keySize: number;
  readonly valueSize: number;

  /** The kind of key that is searched for in typed arrays; 0: by the type's `compare`. */
  private readonly fastKind: number;
  private readonly isFloat: boolean;
  private readonly keysAt: number;
  private readonly lengthAt: number;
  private readonly edgesAt: number;
  private views: Views | undefined = undefined;
  private generation = -1;
  private base: Ptr = 0;
  /** Bytes from `base` to the window's end, less a leaf. */
  private reach = -1;
  private firstIndex = 0;

  constructor(keyType: Type<K>, valueType: Type<V>, lender: Lender) {
    this.keyType = keyType;
    this.valueType = valueType;
    this.keys = new Access(keyType, lender);
    this.values = new Access(valueType, lender);
    this.allocator = lender.allocator;
    this.memory = lender.allocator.memory;
    this.layout = nodeLayout(keyType, valueType);
    this.keySize = keyType.size;
    this.valueSize = valueType.size;
    const kind = keyType.kind ?? 0;
    this.fastKind = isNaturallyOrdered(keyType) && canSearchFast(kind) ? kind : 0;
    this.isFloat = kind === 7 || kind === 8;
    this.keysAt = this.layout.keys;
    this.lengthAt = this.layout.length;
    this.edgesAt = this.layout.edges;
  }

  assume(root: Ptr, height: number, length: number): void {
    this.root = root;
    this.height = height;
    this.length = length;
  }

  // ── Parts of a node ────────────────────────────────────────────────────────────────────────────────────────────

  lengthOf(node: Ptr): number {
    return this.memory.readU16(node + this.lengthAt);
  }

  setLength(node: Ptr, length: number): void {
    this.memory.writeU16(node + this.lengthAt, length);
  }

  parentOf(node: Ptr): Ptr {
    return readPtr(this.memory, node + this.layout.parent);
  }

  indexInParent(node: Ptr): number {
    return this.memory.readU16(node + this.layout.parentIndex);
  }

  edge(node: Ptr, index: number): Ptr {
    return readPtr(this.memory, node + this.edgesAt + index * WORD);
  }

  /** Hangs a child in, and tells it where it hangs. */
  setEdge(node: Ptr, index: number, child: Ptr): void {
    writePtr(this.memory, node + this.edgesAt + index * WORD, child);
    this.setParent(child, node, index);
  }

  setParent(child: Ptr, parent: Ptr, index: number): void {
    writePtr(this.memory, child + this.layout.parent, parent);
    this.memory.writeU16(child + this.layout.parentIndex, index);
  }

  /** Tells the children at `from … to − 1` where they hang. */
  correctChildren(node: Ptr, from: number, to: number): void {
    for (let i = from; i < to; i++) this.setParent(this.edge(node, i), node, i);
  }

  keyAt(node: Ptr, index: number): Ptr {
    return node + this.keysAt + index * this.keySize;
  }

  valueAt(node: Ptr, index: number): Ptr {
    return node + this.layout.values + index * this.valueSize;
  }

  readKey(node: Ptr, index: number): K {
    return this.keys.read(node + this.keysAt + index * this.keySize);
  }

  readValue(node: Ptr, index: number): V {
    return this.values.read(this.valueAt(node, index));
  }

  // ── Blocks ─────────────────────────────────────────────────────────────────────────────────────────────────────

  takeLeaf(): Ptr {
    return this.emptied(takeBlock(this.allocator, this.layout.leaf));
  }

  takeInternal(): Ptr {
    return this.emptied(takeBlock(this.allocator, this.layout.internal));
  }

  freeNode(node: Ptr, level: number): void {
    this.allocator.dealloc(node, level === 0 ? this.layout.leaf : this.layout.internal);
  }

  private emptied(node: Ptr): Ptr {
    writePtr(this.memory, node + this.layout.parent, NULL);
    this.setLength(node, 0);
    return node;
  }

  // ── Finding ────────────────────────────────────────────────────────────────────────────────────────────────────

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

  private searchFast(key: number): boolean {
    const { fastKind, keysAt, lengthAt, edgesAt, memory } = this;
    let node = this.root;
    let { height: level } = this;
    if (memory.generation !== this.generation) this.reach = -1;
    for (; ; level--) {
      let offset = node - this.base;
      if (offset < 0 || offset > this.reach) {
        if (!this.seek(node)) return this.searchSlowly(node, level, key);
        offset = node - this.base;
      }
      const views = this.views!;
      const at = offset + this.firstIndex;
      const length = views.u16[(at + lengthAt) >>> 1]!;
      const found = lowerBound(fastKind, views, at + keysAt, length, key);
      const index = found < 0 ? ~found : found;
      if (found < 0 || level === 0) {
        this.node = node;
        this.level = level;
        this.index = index;
        return found < 0;
      }
      const edge = edgesAt + index * WORD;
      if (offset + edge <= this.reach) {
        const word = (at + edge) >>> 2;
        node = views.u32[word]! + (views.i32[word + 1]! | 0) * TWO_32;
      } else node = readPtr(memory, node + edge);
    }
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

  private seek(node: Ptr): boolean {
    this.reach = -1;
    const shown = this.memory.window(node, false);
    const reach = shown.byteLength - this.layout.leaf.size;
    if (node - shown.address > reach || (shown.firstIndex - shown.address) % WORD !== 0) return false;
    this.views = shown.views;
    this.generation = this.memory.generation;
    this.base = shown.address;
    this.firstIndex = shown.firstIndex;
    this.reach = reach;
    return true;
  }

  // ── Going along ────────────────────────────────────────────────────────────────────────────────────────────────

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
