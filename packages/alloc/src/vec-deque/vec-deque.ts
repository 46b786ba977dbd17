/**
 * A double-ended queue in a ring: Rust's `VecDeque<T>`.
 *
 * @see https://doc.rust-lang.org/std/collections/struct.VecDeque.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import { Panic, type Memory, type Ptr } from "@kmem/memory";
import { readPtr, WORD, type Type } from "@kmem/repr";
import { EndsIntoIter } from "../core/ends-into-iter.ts";
import { ArgumentError, checkUsize, TryReserveError } from "../core/errors.ts";
import { OWNED, type Loan } from "../core/owner.ts";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { SliceBase } from "../slice/slice-base.ts";
import { IntoIter } from "../vec/into-iter.ts";
import { requireVec, Vec } from "../vec/vec.ts";
import { DEQUE_NICHE, DEQUE_SIZE } from "./ring.ts";
import { RingBulk } from "./ring-bulk.ts";

/**
 * A growable ring: both ends are cheap to push to and pop from.
 *
 * @example
 * const queue = VecDeque.from(u32, [2, 3]);
 * queue.pushFront(1);
 * queue.popBack() // => 3
 * queue.toArray() // => [1, 2]
 */
export class VecDeque<T> extends RingBulk<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, allocator, loan);
  }

  /** An empty deque; allocates nothing. */
  static new<T>(type: Type<T>): VecDeque<T> {
    return new VecDeque(type, globalAllocator());
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>): VecDeque<T> {
    return new VecDeque(type, allocator);
  }

  /** An empty deque with room for exactly `capacity` elements. @throws Panic "capacity overflow" */
  static withCapacity<T>(type: Type<T>, capacity: number): VecDeque<T> {
    return VecDeque.withCapacityIn(globalAllocator(), type, capacity);
  }

  static withCapacityIn<T>(allocator: GlobalAlloc, type: Type<T>, capacity: number): VecDeque<T> {
    checkUsize(capacity, "capacity");
    const deque = new VecDeque(type, allocator);
    deque.raw.allocate(capacity);
    return deque;
  }

  /** {@link VecDeque.withCapacity}, or why there is no memory. */
  static tryWithCapacity<T>(type: Type<T>, capacity: number, allocator?: GlobalAlloc): VecDeque<T> | TryReserveError {
    checkUsize(capacity, "capacity");
    const deque = new VecDeque(type, allocator ?? globalAllocator());
    return deque.raw.tryAllocate(capacity) ?? deque;
  }

  /** A deque of an iterable's values, as Rust's `collect`: exactly as large as needed when the length is known beforehand. */
  static from<T>(type: Type<T>, values: Iterable<T>): VecDeque<T> {
    return VecDeque.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): VecDeque<T> {
    if (values instanceof EndsIntoIter) {
      const deque = (values as EndsIntoIter<T>).source;
      if (deque instanceof VecDeque && deque.isOwned && deque.allocator === allocator && sameType(type, deque.type))
        return deque.moved() as VecDeque<T>;
    }
    if (values instanceof IntoIter) {
      const { offset } = values;
      const used = (values as IntoIter<T>).handRing(type, allocator);
      if (used !== undefined) {
        const { ptr, length, capacity } = used;
        return VecDeque.fromRawParts(type, ptr, offset < capacity ? offset : 0, length, capacity, allocator);
      }
    }
    return VecDeque.fromVec(Vec.fromIn(allocator, type, values));
  }

  /** Turns a Vec into a deque, in the same block. */
  static fromVec<T>(vec: Vec<T>): VecDeque<T> {
    requireVec(vec);
    const { type, allocator } = vec;
    const { ptr, length, capacity } = vec.intoRawParts();
    return VecDeque.fromRawParts(type, ptr, 0, length, capacity, allocator);
  }

  /** Takes over a block whose elements go round from slot `head` on; the caller answers for it. */
  static fromRawParts<T>(
    type: Type<T>,
    ptr: Ptr,
    head: number,
    length: number,
    capacity: number,
    allocator?: GlobalAlloc,
  ): VecDeque<T> {
    const deque = new VecDeque(type, allocator ?? globalAllocator());
    deque.raw.assume(ptr, capacity);
    deque.head = head;
    deque.count = length;
    return deque;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): VecDeque<T> {
    return new VecDeque(type, loan.lender.allocator, loan);
  }

  /** Gives the block away: its address, the first element's slot, length and capacity. The deque is moved. */
  intoRawParts(): { ptr: Ptr; head: number; length: number; capacity: number } {
    this.requireOwned();
    const { head, count } = this;
    const { ptr, capacity } = this.raw;
    this.forget();
    return { ptr, head, length: count, capacity };
  }

  /** Turns the deque into a Vec, in the same block; the elements move to its start. */
  intoVec(): Vec<T> {
    this.requireOwned();
    this.straighten();
    this.slots.move(0, this.head, this.count);
    const { ptr, length, capacity } = this.intoRawParts();
    return Vec.fromRawParts(this.type, ptr, length, capacity, this.allocator);
  }

  /** Uses the deque up: gives its elements away from both ends, and drops those that nobody takes. */
  intoIter(): EndsIntoIter<T> {
    return new EndsIntoIter(this.moved(), true);
  }

  /** Moves the contents out; this deque is empty then and owns no block: `mem::take`. */
  take(): VecDeque<T> {
    if (this.state !== OWNED) this.enter();
    const { head, count } = this;
    const { ptr, capacity } = this.raw;
    this.raw.forget();
    this.head = 0;
    this.count = 0;
    this.changed();
    return VecDeque.fromRawParts(this.type, ptr, head, count, capacity, this.allocator);
  }

  /** Removes the elements from `at` on and gives them as a new deque, exactly as large as needed. @throws Panic */
  splitOff(at: number): VecDeque<T> {
    if (this.state !== OWNED) this.enter();
    checkUsize(at, "at");
    if (at > this.count) throw new Panic("`at` out of bounds");
    const { count, slots } = this;
    const other = VecDeque.withCapacityIn(this.allocator, this.type, count - at);
    other.takeBytes(this.readAll().subarray(at * slots.stride), 0);
    other.count = count - at;
    this.count = at;
    this.changed();
    return other;
  }

  /** A deque of clones of all elements, exactly as large as needed. */
  override clone(): VecDeque<T> {
    if (this.state !== OWNED) this.enter();
    const copy = VecDeque.withCapacityIn(this.allocator, this.type, this.count);
    try {
      copy.extendFromSlice(this);
    } catch (error) {
      copy.drop();
      throw error;
    }
    return copy;
  }

  /** Drops every element, and appends clones of another deque's or slice's: Rust's `clone_from`. */
  cloneFrom(source: VecDeque<T> | SliceBase<T>): void {
    if (this.state !== OWNED) this.enter();
    if (source === this) return;
    this.requireSameElements(source);
    if (source instanceof SliceBase && this.isMine(source.asPtr()))
      throw new ArgumentError("alloc/argument", "expected elements of another deque", source);
    this.clear();
    this.extendFromSlice(source);
  }

  /** The contents in a handle of their own; this one is moved. */
  private moved(): VecDeque<T> {
    const { ptr, head, length, capacity } = this.intoRawParts();
    return VecDeque.fromRawParts(this.type, ptr, head, length, capacity, this.allocator);
  }
}

/** The type of a VecDeque that is an element. @example vecDeque(u8).name // => "VecDeque<u8>" */
export const vecDeque: <T>(element: Type<T>) => Type<VecDeque<T>> = perType((element) =>
  ownerType<VecDeque<unknown>>({
    get name() {
      return `VecDeque<${element.name}>`;
    },
    size: DEQUE_SIZE,
    niche: DEQUE_NICHE,
    is: (value) => value instanceof VecDeque && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => VecDeque.borrow(element, loan),
    adopt: (memory, at, allocator) => adopt(element, memory, at, allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const source = adopt(element, memory, from, allocator);
      try {
        source.clone().moveTo(to);
      } finally {
        source.intoRawParts();
      }
    },
    cloneFrom(memory, from, to, allocator) {
      const source = adopt(element, memory, from, allocator);
      const target = adopt(element, memory, to, allocator);
      try {
        target.cloneFrom(source);
      } finally {
        target.moveTo(to);
        source.intoRawParts();
      }
    },
  }),
) as <T>(element: Type<T>) => Type<VecDeque<T>>;

function adopt<T>(element: Type<T>, memory: Memory, at: Ptr, allocator: GlobalAlloc): VecDeque<T> {
  const head = readPtr(memory, at + 2 * WORD);
  const length = memory.readUsize(at + 3 * WORD);
  return VecDeque.fromRawParts(element, readPtr(memory, at + WORD), head, length, memory.readUsize(at), allocator);
}
