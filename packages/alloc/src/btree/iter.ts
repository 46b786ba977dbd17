/**
 * Going through a B-tree, from both ends.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { done, ExactIter, Iter } from "../core/iter.ts";
import type { Cut, Tree } from "./tree.ts";

/** Who has the tree. */
export interface TreeUser {
  /** Throws when the user cannot be used, or its tree is not the one that it was at `structure`. */
  checkTree(structure: number): void;
  /** Changes when entries come, go or move. */
  readonly structure: number;
}

/** What an iterator gives for the entry at a place. */
export type ReadEntry<K, V, R> = (tree: Tree<K, V>, node: Ptr, index: number) => R;

export const keyOf = <K, V>(tree: Tree<K, V>, node: Ptr, index: number): K => tree.readKey(node, index);
export const valueOf = <K, V>(tree: Tree<K, V>, node: Ptr, index: number): V => tree.readValue(node, index);
export const entryOf = <K, V>(tree: Tree<K, V>, node: Ptr, index: number): [K, V] => [
  tree.readKey(node, index),
  tree.readValue(node, index),
];

/** Two leaf edges that walk towards each other. */
export class Walk<K, V> {
  readonly tree: Tree<K, V>;
  frontNode: Ptr = NULL;
  frontIndex = 0;
  backNode: Ptr = NULL;
  backIndex = 0;
  private readonly user: TreeUser;
  private readonly structure: number;

  constructor(tree: Tree<K, V>, user: TreeUser) {
    this.tree = tree;
    this.user = user;
    this.structure = user.structure;
  }

  /** Sets both edges; without cuts, to the ends. */
  begin(lower: Cut<K> | undefined, upper: Cut<K> | undefined): this {
    const { tree } = this;
    if (tree.root === NULL) return this;
    tree.toCut(lower);
    this.frontNode = tree.node;
    this.frontIndex = tree.index;
    if (upper === undefined) tree.toLastLeaf(tree.root, tree.height);
    else tree.toCut(upper);
    this.backNode = tree.node;
    this.backIndex = tree.index;
    return this;
  }

  /** Whether the edges have met. */
  get isOver(): boolean {
    return this.frontNode === this.backNode && this.frontIndex === this.backIndex;
  }

  /** The entry behind the front edge, which steps over it. There must be one. */
  forward<R>(read: ReadEntry<K, V, R>): R {
    this.user.checkTree(this.structure);
    const { tree, frontNode, frontIndex } = this;
    if (frontIndex < tree.lengthOf(frontNode)) {
      this.frontIndex = frontIndex + 1;
      return read(tree, frontNode, frontIndex);
    }
    tree.node = frontNode;
    tree.level = 0;
    tree.index = frontIndex;
    tree.toNextEntry();
    const { node, index } = tree;
    tree.toNextLeafEdge();
    this.frontNode = tree.node;
    this.frontIndex = tree.index;
    return read(tree, node, index);
  }

  /** The entry before the back edge, which steps over it. There must be one. */
  backward<R>(read: ReadEntry<K, V, R>): R {
    this.user.checkTree(this.structure);
    const { tree, backNode, backIndex } = this;
    if (backIndex > 0) {
      this.backIndex = backIndex - 1;
      return read(tree, backNode, backIndex - 1);
    }
    tree.node = backNode;
    tree.level = 0;
    tree.index = 0;
    tree.toPreviousEntry();
    const { node, index } = tree;
    tree.toPreviousLeafEdge();
    this.backNode = tree.node;
    this.backIndex = tree.index;
    return read(tree, node, index);
  }
}

/** All entries. */
export class TreeIter<K, V, R> extends ExactIter<R> {
  private readonly walk: Walk<K, V>;
  private readonly read: ReadEntry<K, V, R>;
  private left: number;

  constructor(walk: Walk<K, V>, read: ReadEntry<K, V, R>) {
    super();
    this.walk = walk.begin(undefined, undefined);
    this.read = read;
    this.left = walk.tree.length;
  }

  get length(): number {
    return this.left;
  }

  next(): IteratorResult<R, undefined> {
    if (this.left === 0) return done();
    const value = this.walk.forward(this.read);
    this.left--;
    return { done: false, value };
  }

  nextBack(): IteratorResult<R, undefined> {
    if (this.left === 0) return done();
    const value = this.walk.backward(this.read);
    this.left--;
    return { done: false, value };
  }
}

/** Entries between two keys: from either end, but nobody knows how many. */
export class RangeIter<K, V, R> extends Iter<R> {
  private readonly walk: Walk<K, V>;
  private readonly read: ReadEntry<K, V, R>;
  private readonly backwards: boolean;

  constructor(walk: Walk<K, V>, read: ReadEntry<K, V, R>, backwards = false) {
    super();
    this.walk = walk;
    this.read = read;
    this.backwards = backwards;
  }

  next(): IteratorResult<R, undefined> {
    return this.step(this.backwards);
  }

  nextBack(): IteratorResult<R, undefined> {
    return this.step(!this.backwards);
  }

  /** What is left, from the other end. */
  rev(): RangeIter<K, V, R> {
    return new RangeIter(this.walk, this.read, !this.backwards);
  }

  private step(backwards: boolean): IteratorResult<R, undefined> {
    const { walk, read } = this;
    if (walk.isOver) return done();
    return { done: false, value: backwards ? walk.backward(read) : walk.forward(read) };
  }
}
