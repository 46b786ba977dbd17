/**
 * A B-tree that is being used up: each node is freed as soon as it is left.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { NULL, type Ptr } from "@kmem/memory";
import { done, ExactIter } from "../core/iter.ts";
import { Owner, OWNED } from "../core/owner.ts";
import { FirstError } from "./first-error.ts";
import { Tree } from "./tree.ts";

/** Gives a map's entries away from both ends; drops the rest in order, key before value. Rust's `btree_map::IntoIter`. */
export class TreeIntoIter<K, V, R> extends Owner implements IterableIterator<R> {
  private readonly tree: Tree<K, V>;
  private readonly make: (key: K, value: V) => R;
  private frontNode: Ptr = NULL;
  private frontIndex = 0;
  private backNode: Ptr = NULL;
  private backIndex = 0;
  // The place of the entry that the last step went over.
  private node: Ptr = NULL;
  private index = 0;

  /** Takes over `source`, which is empty then. */
  constructor(allocator: GlobalAlloc, source: Tree<K, V>, make: (key: K, value: V) => R) {
    super(allocator);
    this.tree = new Tree<K, V>(source.keyType, source.valueType, this);
    source.moveTo(this.tree);
    this.make = make;
  }

  get typeName(): string {
    return `IntoIter<${this.tree.keyType.name}, ${this.tree.valueType.name}>`;
  }

  /** How many are left. */
  get length(): number {
    return this.state === OWNED ? this.tree.length : 0;
  }

  [Symbol.iterator](): this {
    return this;
  }

  sizeHint(): readonly [number, number] {
    return [this.length, this.length];
  }

  next(): IteratorResult<R, undefined> {
    if (this.length === 0) return this.return();
    this.forward();
    return this.taken();
  }

  nextBack(): IteratorResult<R, undefined> {
    if (this.length === 0) return this.return();
    this.backward();
    return this.taken();
  }

  /** Called when a `for…of` is left early: the rest is dropped. */
  return(): IteratorResult<R, undefined> {
    this[Symbol.dispose]();
    return done();
  }

  /** The entries, as an iterator that can be chained; the rest is dropped when it ends. */
  iter(): ExactIter<R> {
    return new Chained(this);
  }

  protected load(): void {
    // Never an element.
  }

  protected store(): void {
    // Never an element.
  }

  protected release(): void {
    const { tree } = this;
    const errors = new FirstError();
    while (tree.length > 0) {
      this.forward();
      if (!tree.keys.owns && !tree.values.owns) continue;
      const { node, index } = this;
      errors.attempt(() => tree.keys.drop(tree.keyAt(node, index)));
      errors.attempt(() => tree.values.drop(tree.valueAt(node, index)));
    }
    this.freeRest();
    errors.rethrow();
  }

  /** The entry where we are, moved out. */
  private taken(): IteratorResult<R, undefined> {
    const { tree, node, index } = this;
    const key = tree.keys.take(tree.keyAt(node, index));
    const value = tree.values.take(tree.valueAt(node, index));
    return { done: false, value: this.make(key, value) };
  }

  private forward(): void {
    const { tree } = this;
    tree.length--;
    if (this.frontNode === NULL) {
      tree.toFirstLeaf(tree.root, tree.height);
      this.frontNode = tree.node;
      this.frontIndex = tree.index;
    }
    let node = this.frontNode;
    let index = this.frontIndex;
    let level = 0;
    while (index >= tree.lengthOf(node)) {
      const parent = tree.parentOf(node);
      index = tree.indexInParent(node);
      tree.freeNode(node, level++);
      node = parent;
    }
    this.node = tree.node = node;
    this.index = tree.index = index;
    tree.level = level;
    tree.toNextLeafEdge();
    this.frontNode = tree.node;
    this.frontIndex = tree.index;
  }

  private backward(): void {
    const { tree } = this;
    tree.length--;
    if (this.backNode === NULL) {
      tree.toLastLeaf(tree.root, tree.height);
      this.backNode = tree.node;
      this.backIndex = tree.index;
    }
    let node = this.backNode;
    let index = this.backIndex;
    let level = 0;
    while (index === 0) {
      const parent = tree.parentOf(node);
      index = tree.indexInParent(node);
      tree.freeNode(node, level++);
      node = parent;
    }
    this.node = tree.node = node;
    this.index = tree.index = index - 1;
    tree.level = level;
    tree.toPreviousLeafEdge();
    this.backNode = tree.node;
    this.backIndex = tree.index;
  }

  /** Frees what is left when no entry is: the nodes from the front edge's leaf up. */
  private freeRest(): void {
    const { tree } = this;
    if (tree.root === NULL) return;
    if (this.frontNode === NULL) {
      // Nothing was taken from the front: where the back has come to is where the front would be.
      if (this.backNode === NULL) tree.toFirstLeaf(tree.root, tree.height);
      else tree.node = this.backNode;
      this.frontNode = tree.node;
    }
    let level = 0;
    for (let node = this.frontNode; node !== NULL;) {
      const parent = tree.parentOf(node);
      tree.freeNode(node, level++);
      node = parent;
    }
    tree.assume(NULL, 0, 0);
  }
}

interface EndsOf<R> {
  readonly length: number;
  next(): IteratorResult<R, undefined>;
  nextBack(): IteratorResult<R, undefined>;
  return(): IteratorResult<R, undefined>;
}

class Chained<R> extends ExactIter<R> {
  private readonly from: EndsOf<R>;

  constructor(from: EndsOf<R>) {
    super();
    this.from = from;
  }

  get length(): number {
    return this.from.length;
  }

  next(): IteratorResult<R, undefined> {
    return this.from.next();
  }

  nextBack(): IteratorResult<R, undefined> {
    return this.from.nextBack();
  }

  return(): IteratorResult<R, undefined> {
    return this.from.return();
  }
}
