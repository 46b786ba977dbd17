/**
 * A place in a LinkedList: Rust's `CursorMut`.
 *
 * ```
 *   ▼ element 0 ─ element 1 ─ … ─ last ─ nothing ─┐     the list is a ring with one place that holds nothing,
 *   └──────────────────────────────────────────────┘     between its end and its start
 * ```
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import type { RefMut } from "../core/ref-mut.ts";

/** What a list lets its cursors do; each operation checks that the list is as the cursor left it. */
export interface CursorInside<T> {
  check(): void;
  readonly head: Ptr;
  readonly tail: Ptr;
  readonly length: number;
  next(node: Ptr): Ptr;
  previous(node: Ptr): Ptr;
  elementOf(node: Ptr): T;
  mutAt(node: Ptr): RefMut<T>;
  /** Puts a new node between two neighbours. */
  insert(value: T, before: Ptr, after: Ptr): void;
  remove(node: Ptr): T;
}

/**
 * Stands at an element, or at the place that holds nothing. Good until the list is changed by other means.
 *
 * @example
 * const list = LinkedList.from(u32, [1, 4]);
 * const cursor = list.cursorFront();
 * cursor.insertAfter(2);
 * cursor.moveNext();
 * cursor.insertAfter(3);
 * list.toArray() // => [1, 2, 3, 4]
 */
export class Cursor<T> {
  private readonly list: CursorInside<T>;
  private node: Ptr;
  /** Position of the node; at the place that holds nothing, anything. */
  private at: number;

  /** @internal */
  constructor(list: CursorInside<T>, node: Ptr, at: number) {
    this.list = list;
    this.node = node;
    this.at = at;
  }

  /** Position of the element, or `undefined` at the place that holds nothing. */
  get index(): number | undefined {
    this.list.check();
    return this.node === NULL ? undefined : this.at;
  }

  /** The element, or `undefined` at the place that holds nothing. */
  get current(): T | undefined {
    this.list.check();
    return this.valueAt(this.node);
  }

  /** The element, borrowed for changing. */
  currentMut(): RefMut<T> | undefined {
    this.list.check();
    return this.node === NULL ? undefined : this.list.mutAt(this.node);
  }

  /** Moves on; from the last element to the place that holds nothing, from there to the first element. */
  moveNext(): void {
    this.list.check();
    this.at = this.node === NULL ? 0 : this.at + 1;
    this.node = this.after();
  }

  /** Moves back; from the first element to the place that holds nothing, from there to the last element. */
  movePrev(): void {
    this.list.check();
    this.at = (this.node === NULL ? this.list.length : this.at) - 1;
    this.node = this.before();
  }

  peekNext(): T | undefined {
    this.list.check();
    return this.valueAt(this.after());
  }

  peekPrev(): T | undefined {
    this.list.check();
    return this.valueAt(this.before());
  }

  /** Puts an element behind this one; at the place that holds nothing, at the front of the list. */
  insertAfter(value: T): void {
    this.list.check();
    this.list.insert(value, this.node, this.after());
  }

  /** Puts an element before this one; at the place that holds nothing, at the end of the list. */
  insertBefore(value: T): void {
    this.list.check();
    this.list.insert(value, this.before(), this.node);
    this.at++;
  }

  /** Removes and gives the element; the cursor moves to the next one. */
  removeCurrent(): T | undefined {
    this.list.check();
    const { node } = this;
    if (node === NULL) return undefined;
    this.node = this.list.next(node);
    return this.list.remove(node);
  }

  private after(): Ptr {
    return this.node === NULL ? this.list.head : this.list.next(this.node);
  }

  private before(): Ptr {
    return this.node === NULL ? this.list.tail : this.list.previous(this.node);
  }

  private valueAt(node: Ptr): T | undefined {
    return node === NULL ? undefined : this.list.elementOf(node);
  }
}
