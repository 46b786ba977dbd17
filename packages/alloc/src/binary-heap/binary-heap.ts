/**
 * A priority queue: Rust's `BinaryHeap<T>`, the largest element first. For the smallest first: `reverse(type)`.
 *
 * @see https://doc.rust-lang.org/std/collections/struct.BinaryHeap.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { readPtr, type Type } from "@kmem/repr";
import { ArgumentError, checkUsize, type TryReserveError } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { replaceSlot, setSlot } from "../core/place.ts";
import type { IntoIter } from "../vec/into-iter.ts";
import { Vec } from "../vec/vec.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR, VEC_SIZE } from "../vec/vec-core.ts";
import { HeapCore } from "./heap-core.ts";
import { HeapDrain, PeekMut } from "./peek-mut.ts";

/**
 * A priority queue.
 *
 * @example
 * const heap = BinaryHeap.from(u32, [1, 5, 2]);
 * heap.push(4);
 * heap.pop() // => 5
 * heap.peek() // => 4
 */
export class BinaryHeap<T> extends HeapCore<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, allocator, loan);
  }

  /** An empty heap; allocates nothing. */
  static new<T>(type: Type<T>): BinaryHeap<T> {
    return new BinaryHeap(type, globalAllocator());
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>): BinaryHeap<T> {
    return new BinaryHeap(type, allocator);
  }

  /** An empty heap with room for exactly `capacity` elements. @throws Panic "capacity overflow" */
  static withCapacity<T>(type: Type<T>, capacity: number): BinaryHeap<T> {
    return BinaryHeap.withCapacityIn(globalAllocator(), type, capacity);
  }

  static withCapacityIn<T>(allocator: GlobalAlloc, type: Type<T>, capacity: number): BinaryHeap<T> {
    checkUsize(capacity, "capacity");
    const heap = new BinaryHeap(type, allocator);
    heap.raw.allocate(capacity);
    return heap;
  }

  /** {@link BinaryHeap.withCapacity}, or why there is no memory. */
  static tryWithCapacity<T>(type: Type<T>, capacity: number, allocator?: GlobalAlloc): BinaryHeap<T> | TryReserveError {
    checkUsize(capacity, "capacity");
    const heap = new BinaryHeap(type, allocator ?? globalAllocator());
    return heap.raw.tryAllocate(capacity) ?? heap;
  }

  /** A heap of an iterable's values; O(n). */
  static from<T>(type: Type<T>, values: Iterable<T>): BinaryHeap<T> {
    return BinaryHeap.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): BinaryHeap<T> {
    return BinaryHeap.fromVec(Vec.fromIn(allocator, type, values));
  }

  /** Turns a Vec into a heap, in the same block; O(n). */
  static fromVec<T>(vec: Vec<T>): BinaryHeap<T> {
    const heap = BinaryHeap.ofVec(vec);
    try {
      heap.rebuild();
    } catch (error) {
      heap.drop();
      throw error;
    }
    return heap;
  }

  /** Takes over a block of elements in heap order; the caller answers for it. */
  static fromRawParts<T>(
    type: Type<T>,
    ptr: Ptr,
    length: number,
    capacity: number,
    allocator?: GlobalAlloc,
  ): BinaryHeap<T> {
    const heap = new BinaryHeap(type, allocator ?? globalAllocator());
    heap.raw.assume(ptr, capacity);
    heap.count = length;
    return heap;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): BinaryHeap<T> {
    return new BinaryHeap(type, loan.lender.allocator, loan);
  }

  /** Adds an element; O(log n). @throws calls the alloc error handler when there is no memory; nothing has changed then */
  push(value: T): void {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    if (count === this.raw.capacity) this.growFor(value);
    this.sifter.push(count, value);
    this.count = count + 1;
    this.changed();
  }

  /** Adds an element if there is memory for it. @returns why not, if not; the value is still yours then */
  tryPush(value: T): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    this.slots.check(value);
    const error = this.tryReserve(1);
    if (error === undefined) this.push(value);
    return error;
  }

  /** Removes and gives the largest element, or `undefined`; O(log n). */
  pop(): T | undefined {
    if (this.state !== OWNED) this.enter();
    const last = this.count - 1;
    if (last < 0) return undefined;
    const value = this.sifter.pop(last);
    this.count = last;
    this.changed();
    return value;
  }

  /** The largest element, or `undefined`. */
  peek(): T | undefined {
    if (this.state !== OWNED) this.enter();
    return this.count === 0 ? undefined : this.slots.get(0);
  }

  /** The largest element, borrowed for changing, or `undefined`. */
  peekMut(): PeekMut<T> | undefined {
    if (this.state !== OWNED) this.enter();
    if (this.count === 0) return undefined;
    const { slots } = this;
    const peek = new PeekMut<T>(
      {
        get: () => slots.get(0),
        set: (value) => setSlot(slots, 0, value, () => this.changed()),
        replace: (value) => replaceSlot(slots, 0, value, () => this.changed()),
        end: (sift) => {
          this.unlock();
          if (!sift) return;
          this.sifter.down(0, this.count);
          this.changed();
        },
        pop: () => {
          this.unlock();
          return this.pop()!;
        },
      },
      slots.owns,
    );
    this.lock(peek);
    return peek;
  }

  /** Drops every element; the capacity stays. */
  clear(): void {
    if (this.state !== OWNED) this.enter();
    this.asVec((vec) => vec.clear());
  }

  /** Makes room for `additional` more elements, growing generously. @throws Panic "capacity overflow" */
  reserve(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserve(this.count, additional);
    this.changed();
  }

  /** Makes room for exactly `additional` more elements. @throws as {@link BinaryHeap.reserve} */
  reserveExact(additional: number | bigint): void {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    this.raw.reserveExact(this.count, additional);
    this.changed();
  }

  /** {@link BinaryHeap.reserve}, without a panic. @returns why there is no room, if there is none; nothing has changed then */
  tryReserve(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    const error = this.raw.tryReserve(this.count, additional);
    this.changed();
    return error;
  }

  tryReserveExact(additional: number | bigint): TryReserveError | undefined {
    if (this.state !== OWNED) this.enter();
    checkUsize(additional, "additional");
    const error = this.raw.tryReserveExact(this.count, additional);
    this.changed();
    return error;
  }

  /** Gives back what is not needed. */
  shrinkToFit(): void {
    if (this.state !== OWNED) this.enter();
    this.asVec((vec) => vec.shrinkToFit());
  }

  /** Gives back what is beyond `capacity` and not needed. */
  shrinkTo(capacity: number): void {
    if (this.state !== OWNED) this.enter();
    this.asVec((vec) => vec.shrinkTo(capacity));
  }

  /** Adds all values of an iterable; what was there when it throws is kept, in order. */
  extend(values: Iterable<T>): void {
    if (this.state !== OWNED) this.enter();
    const start = this.count;
    try {
      this.asVec((vec) => vec.extend(values));
    } finally {
      this.rebuildTail(start);
    }
  }

  /** Adds all elements of a Vec: `extend(vec)`. The Vec is used up, and its block given back. */
  appendVec(other: Vec<T>): void {
    if (this.state !== OWNED) this.enter();
    other.checkMovable(this.allocator);
    const start = this.count;
    this.asVec((vec) => vec.append(other));
    other.drop();
    this.rebuildTail(start);
  }

  /** Moves all elements of another heap into this one; the other is empty then. The smaller one's elements move. */
  append(other: BinaryHeap<T>): void {
    if (this.state !== OWNED) this.enter();
    if (other === this) throw new ArgumentError("alloc/argument", "expected another heap to append", other);
    if (!sameType(other.type, this.type))
      throw new ArgumentError("alloc/argument", `expected elements of type ${this.type.name}`, other);
    if (other.allocator !== this.allocator)
      throw new ArgumentError("alloc/foreign-allocator", "expected elements of the same allocator", other);
    if (this.count < other.length) this.swap(other);
    const start = this.count;
    this.asVec((vec) => other.asVec((more) => vec.append(more)));
    this.rebuildTail(start);
  }

  /** Keeps the elements for which `keep` holds, which is asked in the order of memory, and drops the others. */
  retain(keep: (value: T) => boolean): void {
    if (this.state !== OWNED) this.enter();
    let start = this.count;
    let i = 0;
    try {
      this.asVec((vec) =>
        vec.retain((value) => {
          const keeps = keep(value);
          if (!keeps && i < start) start = i;
          i++;
          return keeps;
        }),
      );
    } finally {
      this.rebuildTail(Math.min(start, this.count));
    }
  }

  /** Removes all elements and gives them one by one, in the order of memory. The heap is locked until the drain ends. */
  drain(): HeapDrain<T> {
    if (this.state !== OWNED) this.enter();
    const vec = this.lend();
    const drain = new HeapDrain(vec.drain(), () => {
      this.unlock();
      this.takeBack(vec);
    });
    this.changed();
    this.lock(drain);
    return drain;
  }

  /** Uses the heap up: a Vec of the same block, smallest element first. */
  intoSortedVec(): Vec<T> {
    this.requireOwned();
    const { slots, sifter } = this;
    const swap = new Uint8Array(slots.stride);
    for (let end = this.count - 1; end > 0 && slots.stride > 0; end--) {
      slots.memory.readBytes(slots.addressOf(end), swap);
      slots.move(end, 0, 1);
      slots.memory.writeBytes(slots.start, swap);
      sifter.down(0, end);
    }
    return this.intoVec();
  }

  /** Uses the heap up: a Vec of the same block, its elements in the order of memory. */
  intoVec(): Vec<T> {
    const { ptr, length, capacity } = this.intoRawParts();
    return Vec.fromRawParts(this.type, ptr, length, capacity, this.allocator);
  }

  /** Uses the heap up: gives its elements in the order of memory, and drops those that nobody takes. */
  intoIter(): IntoIter<T> {
    return this.intoVec().intoIter();
  }

  /** Gives the block away: its address, length and capacity. The heap is moved. */
  intoRawParts(): { ptr: Ptr; length: number; capacity: number } {
    this.requireOwned();
    const { ptr, capacity } = this.raw;
    this.forget();
    return { ptr, length: this.count, capacity };
  }

  /** Moves the contents out; this heap is empty then and owns no block: `mem::take`. */
  take(): BinaryHeap<T> {
    if (this.state !== OWNED) this.enter();
    const { count } = this;
    const { ptr, capacity } = this.raw;
    this.raw.forget();
    this.count = 0;
    this.changed();
    return BinaryHeap.fromRawParts(this.type, ptr, count, capacity, this.allocator);
  }

  /** A heap of clones of all elements, exactly as large as needed. */
  override clone(): BinaryHeap<T> {
    if (this.state !== OWNED) this.enter();
    const lent = this.lend();
    this.lock();
    try {
      return BinaryHeap.ofVec(lent.clone());
    } finally {
      this.unlock();
      lent.intoRawParts();
    }
  }

  /** Makes this a clone of another heap, reusing the block and what the elements own. */
  cloneFrom(source: BinaryHeap<T>): void {
    if (this.state !== OWNED) this.enter();
    if (source === this) return;
    // Asking for its length makes a borrowed source look its words up.
    if (source.length === 0) this.clear();
    else this.asVec((vec) => source.asVec((other) => vec.cloneFrom(other)));
  }

  /** A heap of a Vec whose elements are in heap order. */
  private static ofVec<T>(vec: Vec<T>): BinaryHeap<T> {
    const { type, allocator } = vec;
    const { ptr, length, capacity } = vec.intoRawParts();
    return BinaryHeap.fromRawParts(type, ptr, length, capacity, allocator);
  }

  /** Exchanges the contents: `mem::swap`. */
  private swap(other: BinaryHeap<T>): void {
    const { count } = this;
    const { ptr, capacity } = this.raw;
    this.raw.assume(other.raw.ptr, other.raw.capacity);
    this.count = other.count;
    other.raw.assume(ptr, capacity);
    other.count = count;
    this.changed();
    other.changed();
  }

  /** Makes room for one more, after a look at the value: a refused one changes nothing. */
  private growFor(value: T): void {
    this.slots.check(value);
    this.raw.growOne(this.count);
    this.changed();
  }
}

/** The type of a BinaryHeap that is an element. @example binaryHeap(u8).name // => "BinaryHeap<u8>" */
export const binaryHeap: <T>(element: Type<T>) => Type<BinaryHeap<T>> = perType((element) =>
  ownerType<BinaryHeap<unknown>>({
    get name() {
      return `BinaryHeap<${element.name}>`;
    },
    size: VEC_SIZE,
    niche: CAPACITY_NICHE,
    is: (value) => value instanceof BinaryHeap && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => BinaryHeap.borrow(element, loan),
    adopt: (memory, at, allocator) => adopt(element, memory, at, allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const source = adopt(element, memory, from, allocator);
      try {
        source.clone().moveTo(to);
      } finally {
        source.moveTo(from);
      }
    },
  }),
) as <T>(element: Type<T>) => Type<BinaryHeap<T>>;

function adopt<T>(element: Type<T>, memory: Memory, at: Ptr, allocator: GlobalAlloc): BinaryHeap<T> {
  const length = memory.readUsize(at + VEC_LENGTH);
  return BinaryHeap.fromRawParts(element, readPtr(memory, at + VEC_PTR), length, memory.readUsize(at), allocator);
}
