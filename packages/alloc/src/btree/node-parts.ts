/**
 * The parts of a B-tree's nodes in memory: lengths, parents, edges, keys and values; and the window they are seen through.
 *
 * ```
 *   base                node ────── leaf ──────▶
 *   ├────────────────────┼───────────────────┼──────┤  limit        in reach: the node as a leaf lies in the window
 * ```
 * Memory is asked for a window (the contiguous bytes that it can show) once, and again when a node lies outside of it or
 * the memory's generation has changed. What no window shows as a whole is read and written through the memory.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { NULL, type Memory, type Ptr, type Views } from "@kmem/memory";
import { Access, isNaturallyOrdered, readPtr, WORD, writePtr, type Lender, type Type } from "@kmem/repr";
import { takeBlock } from "../core/block.ts";
import { nodeLayout, type NodeLayout } from "./node-layout.ts";
import { canSearchFast } from "./search.ts";

/** Indices below this stay small integers with the distances within a node added. */
export const MOST_SMALL = 0x4000_0000;
/** Up to so many bytes are moved by a loop. */
const FEW_BYTES = 256;

export class NodeParts<K, V> {
  root: Ptr = NULL;
  /** Level of the root. */
  height = 0;
  /** Number of entries. */
  length = 0;

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
  protected readonly fastKind: number;
  protected readonly keysAt: number;
  protected readonly valuesAt: number;
  protected readonly lengthAt: number;
  protected readonly edgesAt: number;

  protected views: Views | undefined = undefined;
  protected generation = -1;
  protected base: Ptr = 0;
  /** Largest distance from `base` at which a whole leaf lies in the window; −1: there is no window. */
  protected reach = -1;
  /** Bytes in the window, if it is for writing; else 0. */
  protected writable = 0;
  protected firstIndex = 0;
  // The same in small integers, for searching: V8 computes with those faster.
  /** Index in the views of the last node that lies in the window as a leaf; −1: beyond small integers. */
  protected lastIndex = -1;
  protected baseLow = 0;
  protected baseHigh = 0;

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
    this.keysAt = this.layout.keys;
    this.valuesAt = this.layout.values;
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
    const offset = node - this.base;
    if (offset < 0 || offset > this.reach || this.memory.generation !== this.generation)
      return this.memory.readU16(node + this.lengthAt);
    return this.views!.u16[(offset + this.firstIndex + this.lengthAt) >>> 1]!;
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
    const at = node + this.edgesAt + index * WORD;
    // Up to `reach` there is room for a leaf, and so for an edge.
    const offset = at - this.base;
    if (offset < 0 || offset > this.reach || this.memory.generation !== this.generation)
      return readPtr(this.memory, at);
    const word = (offset + this.firstIndex) >>> 2;
    return this.views!.u32[word + 1] === 0 ? this.views!.u32[word]! : readPtr(this.memory, at);
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
    return node + this.valuesAt + index * this.valueSize;
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

  // ── The window ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Finds the window around a node. @returns whether the node, as a leaf, lies in it and is aligned in its views */
  protected seek(node: Ptr, forWriting: boolean): boolean {
    this.reach = -1;
    this.lastIndex = -1;
    this.writable = 0;
    const shown = this.memory.window(node, forWriting);
    const reach = shown.byteLength - this.layout.leaf.size;
    if (node - shown.address > reach || (shown.firstIndex - shown.address) % WORD !== 0) return false;
    this.views = shown.views;
    this.generation = this.memory.generation;
    this.base = shown.address;
    this.firstIndex = shown.firstIndex;
    this.reach = reach;
    const lastIndex = shown.firstIndex + reach;
    this.lastIndex = lastIndex < MOST_SMALL ? lastIndex | 0 : -1;
    this.baseLow = shown.address | 0;
    this.baseHigh = Math.floor(shown.address / 0x1_0000_0000) | 0;
    if (forWriting) this.writable = shown.byteLength;
    return true;
  }

  /** Index in {@link NodeParts.shownViews} of a node's first byte; −1 for a node that only the memory can read. */
  indexInViews(node: Ptr): number {
    const offset = node - this.base;
    if (offset < 0 || offset > this.reach || this.memory.generation !== this.generation)
      return this.seek(node, false) ? node - this.base + this.firstIndex : -1;
    return offset + this.firstIndex;
  }

  /** The views of the node looked for last. */
  get shownViews(): Views | undefined {
    return this.views;
  }

  /** Sees to it that a node which is to be changed is in a window for writing, if there can be one. */
  protected showForWriting(node: Ptr): void {
    const offset = node - this.base;
    const isShown = offset >= 0 && offset <= this.reach && this.writable > 0;
    if (!isShown || this.memory.generation !== this.generation) this.seek(node, true);
  }

  /** Moves `count` bytes that lie in nodes; the ranges may overlap. */
  protected moveBytes(to: Ptr, from: Ptr, count: number): void {
    const { base, firstIndex, writable } = this;
    const toOffset = to - base;
    const fromOffset = from - base;
    const last = writable - count;
    const isNear = toOffset >= 0 && fromOffset >= 0 && toOffset <= last && fromOffset <= last;
    if (count > FEW_BYTES || !isNear || this.memory.generation !== this.generation) this.memory.copy(to, from, count);
    else if (((toOffset | fromOffset | count) & 3) === 0)
      moveWords(this.views!.u32, (toOffset + firstIndex) >>> 2, (fromOffset + firstIndex) >>> 2, count >>> 2);
    else moveOctets(this.views!.u8, toOffset + firstIndex, fromOffset + firstIndex, count);
  }
}

// Two loops, each on one class of array: a node holds few bytes, and `copyWithin` takes as long to start as to move 40.

function moveWords(words: Uint32Array, to: number, from: number, count: number): void {
  if (to <= from) for (let i = 0; i < count; i++) words[to + i] = words[from + i]!;
  else for (let i = count - 1; i >= 0; i--) words[to + i] = words[from + i]!;
}

function moveOctets(bytes: Uint8Array, to: number, from: number, count: number): void {
  if (to <= from) for (let i = 0; i < count; i++) bytes[to + i] = bytes[from + i]!;
  else for (let i = count - 1; i >= 0; i--) bytes[to + i] = bytes[from + i]!;
}
