/**
 * A BinaryHeap's words and block: those of a Vec, whose elements are in heap order.
 *
 * ```
 *   words  +0 capacity   +8 pointer   +16 length             24 bytes
 * ```
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValues, readPtr, writePtr, type Slots, type Type } from "@kmem/repr";
import { BorrowError } from "../core/errors.ts";
import { IndexIter, type ExactIter } from "../core/iter.ts";
import { checkUnchanged, OWNED, type Loan } from "../core/owner.ts";
import { RawVec } from "../core/raw-vec.ts";
import { Sequence } from "../core/sequence.ts";
import { Vec } from "../vec/vec.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR } from "../vec/vec-core.ts";
import { sifterFor, type Sifter } from "./sift.ts";

/** Up to here the cost of rebuilding is compared with the real depth of the heap, beyond with this one's: Rust's choice. */
const SMALL_HEAP = 2048;
const SMALL_HEAP_DEPTH = 11;

export abstract class HeapCore<T> extends Sequence<T> {
  readonly type: Type<T>;
  protected readonly raw: RawVec<T>;
  protected readonly slots: Slots<T>;
  protected readonly sifter: Sifter<T>;
  /** Number of elements; as of the last `enter`. */
  protected count = 0;

  protected constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.raw = new RawVec(type, this);
    this.slots = this.raw.slots;
    this.sifter = sifterFor(this.slots);
  }

  get typeName(): string {
    return `BinaryHeap<${this.type.name}>`;
  }

  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.count;
  }

  /** Elements there is room for; `USIZE_MAX` for zero-size elements. */
  get capacity(): number {
    if (this.state !== OWNED) this.enter();
    return this.raw.capacity;
  }

  /** Every element, in the order in which they lie in memory. */
  iter(): ExactIter<T> {
    if (this.state !== OWNED) this.enter();
    const { epoch, slots } = this;
    const get = (i: number): T => {
      checkUnchanged(this, epoch);
      return slots.get(i);
    };
    return new IndexIter(this.count, get, false);
  }

  /**
   * Lets a Vec have the block for one operation, and takes it back even when that throws. The heap is locked meanwhile,
   * and out of order afterwards.
   */
  protected asVec<R>(operate: (vec: Vec<T>) => R): R {
    const vec = this.lend();
    this.lock();
    try {
      return operate(vec);
    } finally {
      this.unlock();
      this.takeBack(vec);
    }
  }

  /** A Vec of the same block; {@link HeapCore.takeBack} ends that. */
  protected lend(): Vec<T> {
    return Vec.fromRawParts(this.type, this.raw.ptr, this.count, this.raw.capacity, this.allocator);
  }

  protected takeBack(vec: Vec<T>): void {
    const { ptr, length, capacity } = vec.intoRawParts();
    this.raw.assume(ptr, capacity);
    this.count = length;
    this.changed();
  }

  /** Makes a heap of elements in any order. */
  protected rebuild(): void {
    for (let at = Math.floor(this.count / 2) - 1; at >= 0; at--) this.sifter.down(at, this.count);
  }

  /** Makes a heap of elements of which those before `start` are one: in the way that Rust takes to be cheaper. */
  protected rebuildTail(start: number): void {
    const { count, sifter } = this;
    const tail = count - start;
    if (tail === 0) return;
    const depth = count <= SMALL_HEAP ? Math.floor(Math.log2(start)) : SMALL_HEAP_DEPTH;
    if (start < tail || 2 * count < tail * depth) this.rebuild();
    else for (let i = start; i < count; i++) sifter.up(0, i);
    this.changed();
  }

  protected load(slot: Ptr): void {
    const { memory } = this.slots;
    if (memory.readU32(slot + CAPACITY_NICHE.offset) >= CAPACITY_NICHE.first)
      throw new BorrowError("alloc/stale-borrow", this.typeName, `this ${this.typeName} is no longer there`);
    const ptr = readPtr(memory, slot + VEC_PTR);
    const length = memory.readUsize(slot + VEC_LENGTH);
    if (ptr !== this.raw.ptr || length !== this.count) this.epoch++;
    this.raw.assume(ptr, memory.readUsize(slot));
    this.count = length;
  }

  protected store(slot: Ptr): void {
    const { memory } = this.slots;
    memory.writeUsize(slot, this.slots.stride === 0 ? 0 : this.raw.capacity);
    writePtr(memory, slot + VEC_PTR, this.raw.ptr);
    memory.writeUsize(slot + VEC_LENGTH, this.count);
  }

  protected release(): void {
    try {
      dropValues(this.type, this.slots.memory, this.raw.ptr, this.count, this.allocator);
    } finally {
      this.raw.free();
    }
  }
}
