/**
 * Going through a B-tree, from both ends.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { done, ExactIter, Iter } from "../core/iter.ts";
import { NodeReader, type Part } from "./node-reader.ts";
import type { Cut, Tree } from "./tree.ts";

/** Who has the tree. */
export interface TreeUser {
  /** Throws when the user cannot be used, or its tree is not the one that it was at `structure`. */
  checkTree(structure: number): void;
  /** Changes when entries come, go or move. */
  readonly structure: number;
}

/** Two leaf edges that walk towards each other. */
export class Walk<K, V> {
  readonly tree: Tree<K, V>;
  /** The leaf of the front edge. */
  readonly front: NodeReader<K, V>;
  readonly back: NodeReader<K, V>;
  private frontIndex = 0;
  private backIndex = 0;
  /** The parent of the front leaf, once its entries separate the leaves that the front edge comes to. */
  private readonly above: NodeReader<K, V>;
  private aboveIndex = 0;
  /** The leaf behind entry `aboveIndex` of it. */
  private nextLeaf: Ptr = NULL;
  private nextLength = 0;
  /** The node of any other entry between two leaves. */
  private between: NodeReader<K, V> | undefined = undefined;
  private readonly user: TreeUser;
  private readonly structure: number;

  constructor(tree: Tree<K, V>, user: TreeUser) {
    this.tree = tree;
    this.front = new NodeReader(tree);
    this.back = new NodeReader(tree);
    this.above = new NodeReader(tree);
    this.user = user;
    this.structure = user.structure;
  }

  /** Sets both edges; without cuts, to the ends. */
  begin(lower: Cut<K> | undefined, upper: Cut<K> | undefined): this {
    const { tree } = this;
    if (tree.root === NULL) return this;
    tree.toCut(lower);
    const { node, index } = tree;
    if (upper === undefined) tree.toLastLeaf(tree.root, tree.height);
    else tree.toCut(upper);
    this.backIndex = tree.index;
    this.back.turnTo(tree.node, tree.lengthOf(tree.node));
    this.frontIndex = index;
    this.front.turnTo(node, tree.lengthOf(node));
    return this;
  }

  /** Whether the edges have met. */
  get isOver(): boolean {
    return this.frontIndex === this.backIndex && this.front.node === this.back.node;
  }

  /** Steps over the entry behind the front edge. There must be one. @returns the part of it that is asked for */
  forward(part: Part): unknown {
    this.user.checkTree(this.structure);
    const { front, frontIndex } = this;
    if (frontIndex === front.length) return this.forwardBetween().read(part, this.tree.index);
    this.frontIndex = frontIndex + 1;
    return front.read(part, frontIndex);
  }

  /** Steps over the entry before the back edge. There must be one. */
  backward(part: Part): unknown {
    this.user.checkTree(this.structure);
    const { back, backIndex } = this;
    if (backIndex === 0) return this.backwardBetween().read(part, this.tree.index);
    this.backIndex = backIndex - 1;
    return back.read(part, backIndex - 1);
  }

  /** Steps over an entry whose place the caller needs. @returns the reader of its node; its index is the tree's */
  forwardPlace(): NodeReader<K, V> {
    this.user.checkTree(this.structure);
    const { front, frontIndex } = this;
    if (frontIndex === front.length) return this.forwardBetween();
    this.frontIndex = frontIndex + 1;
    this.tree.index = frontIndex;
    return front;
  }

  // The tree stands at the entry only until the reader has turned: so the edge is moved first, and its index set last.

  private forwardBetween(): NodeReader<K, V> {
    const { tree, front, above, aboveIndex } = this;
    if (aboveIndex >= above.length) return this.climbForward();
    const leaf = this.nextLeaf;
    const length = this.nextLength;
    this.readAhead(aboveIndex + 1);
    this.frontIndex = 0;
    front.turnTo(leaf, length);
    tree.index = aboveIndex;
    return above;
  }

  /** The entry lies above the parent of the front leaf, or nobody has asked for that parent yet. */
  private climbForward(): NodeReader<K, V> {
    const { tree, front, above } = this;
    tree.node = front.node;
    tree.level = 0;
    tree.index = this.frontIndex;
    tree.toNextEntry();
    const { node, level, index } = tree;
    tree.toNextLeafEdge();
    this.frontIndex = tree.index;
    front.turnTo(tree.node, tree.lengthOf(tree.node));
    if (level > 1) {
      above.length = 0;
      return this.turnBetween(node, index);
    }
    above.turnTo(node, tree.lengthOf(node));
    this.readAhead(index + 1);
    tree.index = index;
    return above;
  }

  /** Reads the length of the leaf behind entry `index` of the parent long before it is needed: it may take its time. */
  private readAhead(index: number): void {
    const { tree, above } = this;
    this.aboveIndex = index;
    if (index >= above.length) return;
    this.nextLeaf = tree.edge(above.node, index + 1);
    this.nextLength = tree.lengthOf(this.nextLeaf);
  }

  private backwardBetween(): NodeReader<K, V> {
    const { tree, back } = this;
    tree.node = back.node;
    tree.level = 0;
    tree.index = 0;
    tree.toPreviousEntry();
    const { node, index } = tree;
    tree.toPreviousLeafEdge();
    this.backIndex = tree.index;
    back.turnTo(tree.node, tree.lengthOf(tree.node));
    return this.turnBetween(node, index);
  }

  private turnBetween(node: Ptr, index: number): NodeReader<K, V> {
    const between = (this.between ??= new NodeReader(this.tree));
    between.turnTo(node, index + 1);
    this.tree.index = index;
    return between;
  }
}

/** All entries. */
export class TreeIter<K, V, R> extends ExactIter<R> {
  private readonly walk: Walk<K, V>;
  private readonly part: Part;
  private left: number;

  constructor(walk: Walk<K, V>, part: Part) {
    super();
    this.walk = walk.begin(undefined, undefined);
    this.part = part;
    this.left = walk.tree.length;
  }

  get length(): number {
    return this.left;
  }

  next(): IteratorResult<R, undefined> {
    if (this.left === 0) return done();
    const value = this.walk.forward(this.part) as R;
    this.left--;
    return { done: false, value };
  }

  nextBack(): IteratorResult<R, undefined> {
    if (this.left === 0) return done();
    const value = this.walk.backward(this.part) as R;
    this.left--;
    return { done: false, value };
  }
}

/** Entries between two keys: from either end, but nobody knows how many. */
export class RangeIter<K, V, R> extends Iter<R> {
  private readonly walk: Walk<K, V>;
  private readonly part: Part;
  private readonly backwards: boolean;

  constructor(walk: Walk<K, V>, part: Part, backwards = false) {
    super();
    this.walk = walk;
    this.part = part;
    this.backwards = backwards;
  }

  next(): IteratorResult<R, undefined> {
    const { walk, part } = this;
    if (walk.isOver) return done();
    return { done: false, value: (this.backwards ? walk.backward(part) : walk.forward(part)) as R };
  }

  nextBack(): IteratorResult<R, undefined> {
    const { walk, part } = this;
    if (walk.isOver) return done();
    return { done: false, value: (this.backwards ? walk.forward(part) : walk.backward(part)) as R };
  }

  /** What is left, from the other end. */
  rev(): RangeIter<K, V, R> {
    return new RangeIter(this.walk, this.part, !this.backwards);
  }
}
