/**
 * A VecDeque as slices: its one or two pieces, searching them, and turning the ring.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { checkUsize } from "../core/errors.ts";
import { OWNED } from "../core/owner.ts";
import { Slice } from "../slice/slice.ts";
import { comparePlain, type Found } from "../slice/slice-search.ts";
import { asTypedArray, requireTypedArray, type TypedArrayOf } from "../slice/typed-array.ts";
import { Vec } from "../vec/vec.ts";
import { RingRoom } from "./ring-room.ts";

export abstract class RingSlices<T> extends RingRoom<T> {
  /** Moves the first `count` elements behind the others. @throws Panic when there are not so many */
  rotateLeft(count: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(count, "count");
    if (count > this.count) throw new Panic("assertion failed: n <= self.len()");
    this.rotate(count, this.count - count);
  }

  /** Moves the last `count` elements before the others. @throws Panic when there are not so many */
  rotateRight(count: number): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(count, "count");
    if (count > this.count) throw new Panic("assertion failed: n <= self.len()");
    const left = this.count - count;
    if (count <= left) this.rotateBack(count);
    else this.rotateForth(left);
    this.changed();
  }

  /** The elements as at most two slices, in order; the second one is empty unless the ring is wrapped. */
  asSlices(): [Slice<T>, Slice<T>] {
    if (this.state !== OWNED) this.enter();
    const { frontLength: front, slots, count } = this;
    return [Slice.of<T>(this, slots.addressOf(this.head), front), Slice.of<T>(this, slots.start, count - front)];
  }

  /** Moves the elements so that they lie side by side. @returns all of them, borrowed */
  makeContiguous(): Slice<T> {
    if (this.state !== OWNED) this.enter();
    this.straighten();
    return Slice.of<T>(this, this.slots.addressOf(this.head), this.count);
  }

  /** A typed array of all elements, first to last. @throws as that of Vec */
  toTypedArray(): TypedArrayOf<T> {
    if (this.state !== OWNED) this.enter();
    requireTypedArray(this.type);
    return asTypedArray(this.type, this.readAll());
  }

  /** Looks for `value` in a sorted deque; of several equal ones it ends where Rust 1.95 ends. */
  binarySearch(value: T): Found {
    this.checkKey(value);
    return this.binarySearchBy((element) => this.type.compare(element, value));
  }

  /** @param order - of an element against what is looked for: negative when the element is smaller */
  binarySearchBy(order: (element: T) => number): Found {
    const [front, back] = this.asSlices();
    const offset = front.length;
    const second = back.isEmpty() ? 1 : order(back.index(0));
    if (second === 0) return { found: true, index: offset };
    if (second > 0) return front.binarySearchBy(order);
    const { found, index } = back.binarySearchBy(order);
    return { found, index: index + offset };
  }

  /** Looks for a key in a deque sorted by it. */
  binarySearchByKey<K>(key: K, keyOf: (element: T) => K, compare: (a: K, b: K) => number = comparePlain): Found {
    return this.binarySearchBy((element) => compare(keyOf(element), key));
  }

  /** The index of the first element for which `isBefore` does not hold, in a deque that has all such in front. */
  partitionPoint(isBefore: (element: T) => boolean): number {
    const [front, back] = this.asSlices();
    if (!back.isEmpty() && isBefore(back.index(0))) return back.partitionPoint(isBefore) + front.length;
    return front.partitionPoint(isBefore);
  }

  /** @internal For copies of its slices. */
  emptyVec(capacity: number): Vec<T> {
    return Vec.withCapacityIn(this.allocator, this.type, capacity);
  }

  /** Puts the elements side by side, as Rust's `make_contiguous` chooses where. */
  protected straighten(): void {
    const { slots, head, count } = this;
    if (slots.stride === 0) this.head = 0;
    const front = this.frontLength;
    if (front === count) return;
    const { capacity } = this.raw;
    const free = capacity - count;
    const back = count - front;
    if (free >= front) {
      slots.move(front, 0, back);
      slots.move(0, head, front);
      this.head = 0;
    } else if (free >= back) {
      slots.move(back, head, front);
      slots.move(back + front, 0, back);
      this.head = back;
    } else {
      const bytes = this.readAll();
      this.head = front > back ? free : 0;
      slots.memory.writeBytes(slots.addressOf(this.head), bytes);
    }
    this.changed();
  }

  private rotate(count: number, left: number): void {
    if (count <= left) this.rotateForth(count);
    else this.rotateBack(left);
    this.changed();
  }

  /** The first `count` elements go behind the last one; they are at most half. */
  private rotateForth(count: number): void {
    this.wrapMove(this.head, this.slotOf(this.count), count);
    this.head = this.wrapAdd(this.head, count);
  }

  /** The last `count` elements go before the first one; they are at most half. */
  private rotateBack(count: number): void {
    this.head = this.wrapSub(this.head, count);
    this.wrapMove(this.slotOf(this.count), this.head, count);
  }
}
