/**
 * A priority queue: Rust's `BinaryHeap<T>`, the largest element first. For the smallest first: `reverse(type)`.
 *
 * @see https://doc.rust-lang.org/std/collections/struct.BinaryHeap.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import type { Type } from "@kmem/repr";
import { ArgumentError, checkUsize, type TryReserveError } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { sameType } from "../core/owner-type.ts";
import { IntoIter } from "../vec/into-iter.ts";
import { requireVec, Vec } from "../vec/vec.ts";
import { HeapBulk } from "./heap-bulk.ts";

/**
 * A priority queue.
 *
 * @example
 * const heap = BinaryHeap.from(u32, [1, 5, 2]);
 * heap.push(4);
 * heap.pop() // => 5
 * heap.peek() // => 4
 */
export class BinaryHeap<T> extends HeapBulk<T> {
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
    requireVec(vec);
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
    const { ptr, length, capacity } = this.intoRawParts();
    return new IntoIter(this.type, this.allocator, ptr, length, capacity, true);
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
    if (!(source instanceof BinaryHeap) || !sameType(source.type, this.type))
      throw new ArgumentError("alloc/argument", `expected a BinaryHeap of ${this.type.name} to clone`, source);
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
}
