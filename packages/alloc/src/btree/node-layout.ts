/**
 * Where the parts of a B-tree's node lie: the order that rustc 1.95 gives the fields of the library's nodes.
 *
 * ```
 *   leaf      parent 8   keys 11·K   values 11·V   index in parent 2   length 2      (for u32 keys and values)
 *   internal  ├ as a leaf ┤ edge 0 8 … edge 11 8
 * ```
 * rustc sorts fields by the largest power of two that divides their size (or by their alignment, if that is larger),
 * large ones first; equal ones stay in the order of their declaration: parent, index, length, keys, values.
 *
 * @see https://doc.rust-lang.org/reference/type-layout.html (the order itself is rustc's own business)
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import { alignUp } from "@kmem/memory";
import { WORD, type AnyType } from "@kmem/repr";

/** Entries that a node can hold. */
export const CAPACITY = 11;
/** Entries that every node but the root must hold. */
export const MIN_LENGTH = 5;
const EDGES = CAPACITY + 1;

/** Offsets in a node; bytes. */
export interface NodeLayout {
  readonly parent: number;
  readonly parentIndex: number;
  readonly length: number;
  readonly keys: number;
  readonly values: number;
  readonly edges: number;
  readonly leaf: Layout;
  readonly internal: Layout;
}

/** The layout of the nodes of a tree of these types. @example nodeLayout(u32, u32).leaf.size // => 104 */
export function nodeLayout(key: AnyType, value: AnyType): NodeLayout {
  const fields = [
    { name: "parent", size: WORD, align: WORD },
    { name: "parentIndex", size: 2, align: 2 },
    { name: "length", size: 2, align: 2 },
    { name: "keys", size: CAPACITY * key.size, align: key.align },
    { name: "values", size: CAPACITY * value.size, align: value.align },
  ] as const;
  const order = [...fields].sort((a, b) => rank(b.size, b.align) - rank(a.size, a.align));
  const offsets = { parent: 0, parentIndex: 0, length: 0, keys: 0, values: 0 };
  let end = 0;
  for (const { name, size, align } of order) {
    // What takes no bytes may lie anywhere that is aligned.
    const at = size === 0 ? 0 : alignUp(end, align);
    offsets[name] = at;
    end = Math.max(end, at + size);
  }
  const align = Math.max(WORD, key.align, value.align);
  const leafSize = alignUp(end, align);
  return {
    parent: offsets.parent,
    parentIndex: offsets.parentIndex,
    length: offsets.length,
    keys: offsets.keys,
    values: offsets.values,
    edges: leafSize,
    leaf: Layout.fromSizeAlign(leafSize, align),
    internal: Layout.fromSizeAlign(alignUp(leafSize + EDGES * WORD, align), align),
  };
}

/** The largest power of two that divides the size or is the alignment. */
function rank(size: number, align: number): number {
  const n = Math.max(size, align);
  return n === 0 ? 0 : n & -n;
}
