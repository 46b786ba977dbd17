/**
 * Looking over a B-tree: whether it is what a B-tree must be, and what it takes.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { hex } from "@kmem/memory";
import type { TreeCollection } from "./collection.ts";
import { CAPACITY, MIN_LENGTH } from "./node-layout.ts";
import type { Tree } from "./tree.ts";

/** What {@link checkTree} has found. */
export interface TreeReport {
  /** What is wrong, in words; empty for a sound tree. */
  readonly faults: readonly string[];
  /** Levels above the leaves. */
  readonly height: number;
  readonly leaves: number;
  readonly internals: number;
  /** Bytes of all nodes, as asked of the allocator. */
  readonly bytes: number;
  /** Entries, as counted. */
  readonly entries: number;
}

/**
 * Goes through every node of a map's or set's tree and checks what must hold: keys ascend; every node but the root has
 * 5 … 11 entries; children know their parents; all leaves are at level 0; the length is right.
 *
 * @example checkTree(BTreeMap.from(u32, u32, [[1, 2]])).faults // => []
 */
export function checkTree<K, V, R>(collection: TreeCollection<K, V, R>): TreeReport {
  collection.assertUsable();
  const { length } = collection;
  const inspector = new Inspector(collection.tree);
  const { root, height } = collection.tree;
  if (root !== NULL) inspector.visit(root, height, NULL, 0);
  const { faults, leaves, internals, entries } = inspector;
  if (entries !== length) faults.push(`the length is ${length}, but there are ${entries} entries`);
  const { leaf, internal } = collection.tree.layout;
  return { faults, height, leaves, internals, entries, bytes: leaves * leaf.size + internals * internal.size };
}

class Inspector<K, V> {
  readonly faults: string[] = [];
  leaves = 0;
  internals = 0;
  entries = 0;
  private readonly tree: Tree<K, V>;
  private last: { readonly key: K } | undefined = undefined;

  constructor(tree: Tree<K, V>) {
    this.tree = tree;
  }

  visit(node: Ptr, level: number, parent: Ptr, index: number): void {
    const { tree } = this;
    const length = tree.lengthOf(node);
    const isRoot = parent === NULL;
    if (level === 0) this.leaves++;
    else this.internals++;
    if (tree.parentOf(node) !== parent) this.fault(node, `its parent should be ${hex(parent)}`);
    else if (!isRoot && tree.indexInParent(node) !== index)
      this.fault(node, `its index in the parent should be ${index}`);
    if (length > CAPACITY) {
      this.fault(node, `it says that it has ${length} entries`);
      return;
    }
    if (isRoot ? level > 0 && length === 0 : length < MIN_LENGTH) this.fault(node, `it has only ${length} entries`);
    for (let i = 0; i <= length; i++) {
      if (level > 0) this.visit(tree.edge(node, i), level - 1, node, i);
      if (i < length) this.visitKey(node, tree.readKey(node, i));
    }
    this.entries += length;
  }

  private visitKey(node: Ptr, key: K): void {
    if (this.last !== undefined && this.tree.keyType.compare(this.last.key, key) >= 0)
      this.fault(node, "its keys do not ascend");
    this.last = { key };
  }

  private fault(node: Ptr, what: string): void {
    this.faults.push(`node ${hex(node)}: ${what}`);
  }
}
