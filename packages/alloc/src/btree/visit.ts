/**
 * Calling a function for every entry of a B-tree, in order: the fastest way through it.
 *
 * It goes down from the root and comes back by returning, so no node is asked for its parent. The length of the next leaf
 * is read before the entries of this one are: what the processor must wait for then comes while the function runs.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { TreeUser } from "./iter.ts";
import { NodeReader } from "./node-reader.ts";
import type { Tree } from "./tree.ts";

/** Calls a function for each entry, as long as the tree stays what it was when this was made. */
export class Visit<K, V, U extends TreeUser> {
  private readonly tree: Tree<K, V>;
  private readonly user: U;
  private readonly structure: number;
  private readonly reader: NodeReader<K, V>;
  private readonly f: (value: V, key: K, user: U) => void;

  constructor(tree: Tree<K, V>, user: U, f: (value: V, key: K, user: U) => void) {
    this.tree = tree;
    this.user = user;
    this.structure = user.structure;
    this.reader = new NodeReader(tree);
    this.f = f;
  }

  /** Visits everything. @throws BorrowError when entries come or go meanwhile; and whatever the function throws */
  run(): void {
    const { tree } = this;
    if (tree.length > 0) this.node(tree.root, tree.height, tree.lengthOf(tree.root));
  }

  private node(node: Ptr, level: number, length: number): void {
    if (level === 0) {
      this.leaf(node, length);
      return;
    }
    const { tree, user, structure, f } = this;
    let child = tree.edge(node, 0);
    let childLength = tree.lengthOf(child);
    for (let i = 0; i < length; i++) {
      const next = tree.edge(node, i + 1);
      const nextLength = tree.lengthOf(next);
      this.node(child, level - 1, childLength);
      f(tree.readValue(node, i), tree.readKey(node, i), user);
      user.checkTree(structure);
      child = next;
      childLength = nextLength;
    }
    this.node(child, level - 1, childLength);
  }

  private leaf(node: Ptr, length: number): void {
    const { reader, user, structure, f } = this;
    reader.turnTo(node, length);
    for (let i = 0; i < length; i++) {
      f(reader.value(i), reader.key(i), user);
      user.checkTree(structure);
    }
  }
}
