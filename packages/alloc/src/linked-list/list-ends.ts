/**
 * The two ends of a LinkedList, and its elements borrowed for changing.
 *
 * @module
 */
import { NULL, type Ptr } from "@kmem/memory";
import type { TryReserveError } from "../core/errors.ts";
import { checkUnchanged, OWNED } from "../core/owner.ts";
import { RefMut } from "../core/ref-mut.ts";
import { Nodes } from "./nodes.ts";

/** A list that is added to and taken from at either end. */
export abstract class ListEnds<T> extends Nodes<T> {
  /** Appends an element. @throws calls the alloc error handler when there is no memory; nothing has changed then */
  pushBack(value: T): void {
    if (this.state !== OWNED) this.enter();
    this.link(this.makeNode(value), this.tail, NULL);
  }

  /** Puts an element before the others. @throws as {@link ListEnds.pushBack} */
  pushFront(value: T): void {
    if (this.state !== OWNED) this.enter();
    this.link(this.makeNode(value), NULL, this.head);
  }

  /** JavaScript's name for {@link ListEnds.pushBack}. */
  push(value: T): void {
    this.pushBack(value);
  }

  /** Appends an element if there is memory for it. @returns why not, if not; the value is still yours then */
  tryPushBack(value: T): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    const node = this.tryMakeNode(value);
    if (typeof node !== "number") return node;
    this.link(node, this.tail, NULL);
    return undefined;
  }

  /** {@link ListEnds.tryPushBack}, at the front. */
  tryPushFront(value: T): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    const node = this.tryMakeNode(value);
    if (typeof node !== "number") return node;
    this.link(node, NULL, this.head);
    return undefined;
  }

  /** Removes and gives the first element, or `undefined`. */
  popFront(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.head === NULL ? undefined : this.takeOut(this.head);
  }

  /** Removes and gives the last element, or `undefined`. */
  popBack(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.tail === NULL ? undefined : this.takeOut(this.tail);
  }

  /** JavaScript's name for {@link ListEnds.popBack}. */
  pop(): T | undefined {
    return this.popBack();
  }

  /** JavaScript's name for {@link ListEnds.popFront}. */
  shift(): T | undefined {
    return this.popFront();
  }

  /** JavaScript's name for {@link ListEnds.pushFront}. @returns the new length */
  unshift(value: T): number {
    this.pushFront(value);
    return this.count;
  }

  front(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.head === NULL ? undefined : this.elementOf(this.head);
  }

  back(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.tail === NULL ? undefined : this.elementOf(this.tail);
  }

  /** The first element, borrowed for changing, or `undefined`. */
  frontMut(): RefMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    return this.head === NULL ? undefined : this.mutAt(this.head);
  }

  backMut(): RefMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    return this.tail === NULL ? undefined : this.mutAt(this.tail);
  }

  /** {@link ListEnds.pushBack}; the element is borrowed for changing. */
  pushBackMut(value: T): RefMut<T> {
    this.pushBack(value);
    return this.backMut()!;
  }

  /** {@link ListEnds.pushFront}; the element is borrowed for changing. */
  pushFrontMut(value: T): RefMut<T> {
    this.pushFront(value);
    return this.frontMut()!;
  }

  /** Every element, borrowed for changing. Replacing plain values keeps the iterator good. */
  *iterMut(): Generator<RefMut<T>, undefined> {
    if (this.state !== OWNED) this.enter();
    const { changesOfNodes } = this;
    for (let node = this.head; node !== NULL; node = this.next(node)) {
      yield this.mutAt(node);
      checkUnchanged(this, this.epoch - this.changesOfNodes + changesOfNodes);
    }
    return undefined;
  }

  protected takeOut(node: Ptr): T {
    this.unlink(node);
    return this.emptyNode(node);
  }

  protected mutAt(node: Ptr): RefMut<T> {
    return RefMut.of(this.type, this, node + this.offset);
  }
}
