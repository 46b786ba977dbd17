/**
 * Removing elements of a LinkedList for which a predicate holds, while the list waits.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import { Iter } from "../core/iter.ts";

/** What a list lets its {@link ListExtractIf} do. */
export interface ListInside<T> {
  readonly first: Ptr;
  next(node: Ptr): Ptr;
  elementOf(node: Ptr): T;
  /** Takes a node out of the list, and its element out of the node. */
  remove(node: Ptr): T;
  begin(by: Disposable): void;
  end(): void;
}

/** Gives the elements that it removes one by one; what it has not looked at when it ends stays. */
export class ListExtractIf<T> extends Iter<T> implements Disposable {
  private readonly list: ListInside<T>;
  private readonly is: (value: T) => boolean;
  private at: Ptr;
  private ended = false;

  /** @internal */
  constructor(list: ListInside<T>, is: (value: T) => boolean) {
    super();
    this.list = list;
    this.is = is;
    this.at = list.first;
    list.begin(this);
  }

  next(): IteratorResult<T, undefined> {
    while (!this.ended && this.at !== NULL) {
      const node = this.at;
      const after = this.list.next(node);
      const extract = this.is(this.list.elementOf(node));
      this.at = after;
      if (extract) return { done: false, value: this.list.remove(node) };
    }
    return this.return();
  }

  /** Called when a `for…of` is left early. */
  return(): IteratorResult<T, undefined> {
    this[Symbol.dispose]();
    return { done: true, value: undefined };
  }

  /** Gives the list back. */
  [Symbol.dispose](): void {
    if (this.ended) return;
    this.ended = true;
    this.list.end();
  }
}
