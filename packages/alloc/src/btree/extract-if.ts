/**
 * Removing entries for which a predicate holds, while the map waits.
 *
 * @module
 */
import { done, Iter } from "../core/iter.ts";
import type { Cut, Tree } from "./tree.ts";

/** What a map or set lets its {@link TreeExtractIf} do. */
export interface TreeInside<K, V, R> {
  readonly tree: Tree<K, V>;
  /** Whether the entry where the tree stands is to go. */
  is(): boolean;
  /** Takes the entry where the tree stands out of it. */
  take(): R;
  begin(by: Disposable): void;
  end(): void;
}

/** Gives the entries that it removes one by one; what it has not looked at when it ends stays. */
export class TreeExtractIf<K, V, R> extends Iter<R> implements Disposable {
  private readonly inside: TreeInside<K, V, R>;
  private readonly upper: Cut<K> | undefined;
  private node = 0;
  private index = 0;
  private ended = false;

  /** @internal */
  constructor(inside: TreeInside<K, V, R>, lower: Cut<K> | undefined, upper: Cut<K> | undefined) {
    super();
    this.inside = inside;
    this.upper = upper;
    const { tree } = inside;
    if (tree.root !== 0) {
      tree.toCut(lower);
      this.rememberEdge();
    }
    inside.begin(this);
  }

  next(): IteratorResult<R, undefined> {
    const { inside } = this;
    const { tree } = inside;
    while (!this.ended && this.node !== 0) {
      tree.node = this.node;
      tree.level = 0;
      tree.index = this.index;
      // After an error in the predicate, nothing more is looked at.
      this.node = 0;
      if (!tree.toNextEntry() || this.isBeyond(tree.readKey(tree.node, tree.index))) break;
      const { node, level, index } = tree;
      const extract = inside.is();
      tree.node = node;
      tree.level = level;
      tree.index = index;
      if (extract) {
        const value = inside.take();
        this.rememberEdge();
        return { done: false, value };
      }
      tree.toNextLeafEdge();
      this.rememberEdge();
    }
    return this.return();
  }

  /** Called when a `for…of` is left early. */
  return(): IteratorResult<R, undefined> {
    this[Symbol.dispose]();
    return done();
  }

  /** Gives the map back. */
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    this.inside.end();
  }

  private rememberEdge(): void {
    const { tree } = this.inside;
    this.node = tree.node;
    this.index = tree.index;
  }

  private isBeyond(key: K): boolean {
    const { upper } = this;
    if (upper === undefined) return false;
    const order = this.inside.tree.keyType.compare(key, upper.key);
    return upper.after ? order > 0 : order >= 0;
  }
}
