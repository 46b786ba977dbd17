/**
 * A doubly linked list: Rust's `LinkedList<T>`.
 *
 * @see https://doc.rust-lang.org/std/collections/struct.LinkedList.html
 * @module
 */
import { globalAllocator, handleAllocError, type GlobalAlloc } from "@kmem/global-alloc";
import { NULL, Panic, type Ptr } from "@kmem/memory";
import { cloneValue, cloneValueFrom, dropValue, type Type } from "@kmem/repr";
import { cloneOf } from "../core/clone-value.ts";
import { EndsIntoIter } from "../core/ends-into-iter.ts";
import { ArgumentError, checkUsize } from "../core/errors.ts";
import { feed, requireIterable } from "../core/feed.ts";
import { checkUnchanged, OWNED, type Loan } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import { Cursor } from "./cursor.ts";
import { ListExtractIf } from "./extract-if.ts";
import { ListEnds } from "./list-ends.ts";

/**
 * A list whose elements stay where they are: adding and removing at either end, or at a cursor, is O(1).
 *
 * @example
 * const list = LinkedList.from(u32, [2, 3]);
 * list.pushFront(1);
 * list.popBack() // => 3
 * list.toArray() // => [1, 2]
 */
export class LinkedList<T> extends ListEnds<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, allocator, loan);
  }

  /** An empty list; allocates nothing. */
  static new<T>(type: Type<T>): LinkedList<T> {
    return new LinkedList(type, globalAllocator());
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>): LinkedList<T> {
    return new LinkedList(type, allocator);
  }

  /** A list of an iterable's values. */
  static from<T>(type: Type<T>, values: Iterable<T>): LinkedList<T> {
    return LinkedList.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): LinkedList<T> {
    const list = new LinkedList(type, allocator);
    try {
      list.extend(values);
    } catch (error) {
      list.drop();
      throw error;
    }
    return list;
  }

  /** Takes back what {@link LinkedList.intoRawParts} gave; the caller answers for it. */
  static fromRawParts<T>(type: Type<T>, head: Ptr, tail: Ptr, length: number, allocator?: GlobalAlloc): LinkedList<T> {
    const list = new LinkedList(type, allocator ?? globalAllocator());
    list.assume(head, tail, length);
    return list;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): LinkedList<T> {
    return new LinkedList(type, loan.lender.allocator, loan);
  }

  /** JavaScript's `at`: negative positions count from the end. O(n). */
  at(position: number): T | undefined {
    const { length } = this;
    const index = Math.trunc(position) || 0;
    const from = index < 0 ? index + length : index;
    return from >= 0 && from < length ? this.elementOf(this.nodeAt(from)) : undefined;
  }

  /** Removes and gives the element at `index`; O(n). @throws Panic when there is none */
  remove(index: number): T {
    if (this.state !== OWNED) this.enter();
    checkUsize(index, "index");
    if (index >= this.count) throw new Panic("Cannot remove at an index outside of the list bounds");
    return this.takeOut(this.nodeAt(index));
  }

  /** Drops every element, each before its node. */
  clear(): void {
    if (this.state !== OWNED) this.enter();
    const { head } = this;
    this.assume(NULL, NULL, 0);
    this.changed();
    this.dropNodes(head);
  }

  /** Appends all values of an iterable. When it throws, what it gave before is kept. */
  extend(values: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    feed(values, (iterator) => {
      for (let result = iterator.next(); result.done !== true; result = iterator.next()) this.pushBack(result.value);
    });
  }

  /** Appends clones of all elements of another list, or copies of an array's values. */
  extendFromSlice(source: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    requireIterable(source);
    for (const value of source) this.pushBack(cloneOf(value));
  }

  /** Moves all elements of another list behind its own; the other is empty then. O(1), and no block moves. */
  append(other: LinkedList<T>): void {
    if (this.state !== OWNED) this.enter();
    if (other === this) throw new ArgumentError("alloc/argument", "expected another list to append", other);
    this.requireSameElements(other);
    const { length } = other;
    if (length === 0) return;
    const { tail } = other;
    this.join(this.tail, other.head);
    this.tail = tail;
    this.count += length;
    other.assume(NULL, NULL, 0);
    this.changed();
    other.changed();
  }

  /** Removes the elements from `at` on and gives them as a new list. No block moves. @throws Panic */
  splitOff(at: number): LinkedList<T> {
    if (this.state !== OWNED) this.enter();
    checkUsize(at, "at");
    if (at > this.count) throw new Panic("Cannot split off at a nonexistent index");
    const { count, tail } = this;
    if (at === 0) return this.take();
    if (at === count) return LinkedList.newIn(this.allocator, this.type);
    const first = this.nodeAt(at);
    const last = this.previous(first);
    const other = LinkedList.fromRawParts(this.type, first, tail, count - at, this.allocator);
    other.join(NULL, first);
    this.join(last, NULL);
    this.count = at;
    this.changed();
    return other;
  }

  /** Keeps the elements for which `keep` holds and drops the others at once. */
  retain(keep: (value: T) => boolean): void {
    const removed = this.extractIf((value) => !keep(value));
    try {
      for (const value of removed) dropValue(value);
    } finally {
      removed[Symbol.dispose]();
    }
  }

  /** Removes the elements for which `is` holds, and gives them one by one; the list is locked until that ends. */
  extractIf(is: (value: T) => boolean): ListExtractIf<T> {
    if (this.state !== OWNED) this.enter();
    return new ListExtractIf<T>(
      {
        first: this.head,
        next: (node) => this.next(node),
        elementOf: (node) => this.elementOf(node),
        remove: (node) => this.takeOut(node),
        begin: (by) => this.lock(by),
        end: () => this.unlock(),
      },
      is,
    );
  }

  /** A cursor at the first element. */
  cursorFront(): Cursor<T> {
    return this.cursorAt(() => this.head, 0);
  }

  /** A cursor at the last element. */
  cursorBack(): Cursor<T> {
    return this.cursorAt(() => this.tail, this.length - 1);
  }

  /** Moves the contents out; this list is empty then: `mem::take`. */
  take(): LinkedList<T> {
    if (this.state !== OWNED) this.enter();
    const { head, tail, count } = this;
    this.assume(NULL, NULL, 0);
    this.changed();
    return LinkedList.fromRawParts(this.type, head, tail, count, this.allocator);
  }

  /** Uses the list up: gives its elements away from both ends, and drops those that nobody takes. */
  intoIter(): EndsIntoIter<T> {
    const { head, tail, length } = this.intoRawParts();
    return new EndsIntoIter(LinkedList.fromRawParts(this.type, head, tail, length, this.allocator), false);
  }

  /** Gives the nodes away: the ends and the length. The list is moved. */
  intoRawParts(): { head: Ptr; tail: Ptr; length: number } {
    this.requireOwned();
    const { head, tail, count } = this;
    this.forget();
    return { head, tail, length: count };
  }

  /** A list of clones of all elements. */
  override clone(): LinkedList<T> {
    if (this.state !== OWNED) this.enter();
    const copy = LinkedList.newIn(this.allocator, this.type);
    try {
      for (let node = this.head; node !== NULL; node = this.next(node)) copy.pushClone(node + this.offset);
    } catch (error) {
      copy.drop();
      throw error;
    }
    return copy;
  }

  /** Makes this a clone of another list, reusing nodes and what their elements own. */
  cloneFrom(source: LinkedList<T>): void {
    if (this.state !== OWNED) this.enter();
    if (source === this) return;
    this.requireSameElements(source);
    if (this.count > source.length) this.splitOff(source.count).drop();
    const { memory } = this.allocator;
    let from = source.head;
    this.changed();
    for (let node = this.head; node !== NULL; node = this.next(node), from = source.next(from))
      cloneValueFrom(this.type, memory, from + source.offset, node + this.offset, this.allocator);
    for (; from !== NULL; from = source.next(from)) this.pushClone(from + source.offset);
  }

  /** Appends a clone of the element that lies at `at`. As in Rust, the element is cloned before its node is taken. */
  private pushClone(at: Ptr): void {
    const { type, elements, allocator } = this;
    const value = type.clone === undefined ? undefined : elements.read(at);
    if (typeof value === "object" && value !== null) {
      const copy = cloneOf(value);
      try {
        this.pushBack(copy);
      } catch (error) {
        dropValue(copy);
        throw error;
      }
      return;
    }
    // What is no object can only be cloned from bytes to bytes.
    const node = this.tryTakeNode();
    if (node === NULL) handleAllocError(this.nodeLayout);
    try {
      cloneValue(type, allocator.memory, at, node + this.offset, allocator);
    } catch (error) {
      this.freeNode(node);
      throw error;
    }
    this.link(node, this.tail, NULL);
  }

  private cursorAt(start: () => Ptr, index: number): Cursor<T> {
    if (this.state !== OWNED) this.enter();
    let { epoch } = this;
    const head = (): Ptr => this.head;
    const tail = (): Ptr => this.tail;
    const length = (): number => this.count;
    return new Cursor<T>(
      {
        get head() {
          return head();
        },
        get tail() {
          return tail();
        },
        get length() {
          return length();
        },
        check: () => {
          if (this.state !== OWNED) this.enter();
          checkUnchanged(this, epoch);
        },
        next: (node) => this.next(node),
        previous: (node) => this.previous(node),
        elementOf: (node) => this.elementOf(node),
        mutAt: (node) => this.mutAt(node),
        insert: (value, before, after) => {
          this.link(this.makeNode(value), before, after);
          epoch = this.epoch;
        },
        remove: (node) => {
          const value = this.takeOut(node);
          epoch = this.epoch;
          return value;
        },
      },
      start(),
      index,
    );
  }

  private requireSameElements(other: LinkedList<T>): void {
    if (!(other instanceof LinkedList)) throw new ArgumentError("alloc/argument", "expected a LinkedList", other);
    other.assertUsable();
    if (!sameType(other.type, this.type))
      throw new ArgumentError("alloc/argument", `expected elements of type ${this.type.name}`, other);
    if (other.allocator !== this.allocator)
      throw new ArgumentError("alloc/foreign-allocator", "expected elements of the same allocator", other);
  }
}
