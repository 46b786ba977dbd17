/**
 * What strong handles have in common: `Rc<T>`, `Rc<[T]>`, `Arc<T>`, `Arc<[T]>`.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { cloneValues, readPtr, Slots, WORD, writePtr, type Type } from "@kmem/repr";
import { giveBlock } from "../core/block.ts";
import { Owner, OWNED, type Loan } from "../core/owner.ts";
import { countUp, countWeakUp, WEAK_LOCKED, type Counts } from "./counts.ts";
import { dropStrong, dropWeak, sharedLayout, takeShared, valueOffset, WEAK } from "./shared-block.ts";

/** A counted handle. */
export abstract class Shared<T> extends Owner {
  readonly type: Type<T>;
  protected readonly slots: Slots<T>;
  /** Address of the counts. */
  protected block: Ptr;
  /** How many values lie in the block: 1, or a slice's length. */
  protected count: number;

  protected constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.block = block;
    this.count = count;
    this.slots = new Slots(type, this, block + valueOffset(type));
  }

  protected abstract get counts(): Counts;
  /** Whether the words hold a length behind the pointer. */
  protected abstract get isFat(): boolean;

  /** Strong handles of this value, this one included. */
  get strongCount(): number {
    if (this.state !== OWNED) this.enter();
    return this.counts.load(this.slots.memory, this.block);
  }

  /** Weak handles of this value. */
  get weakCount(): number {
    if (this.state !== OWNED) this.enter();
    const count = this.counts.load(this.slots.memory, this.block + WEAK);
    return count === WEAK_LOCKED ? 0 : count - 1;
  }

  /** Address of the value: Rust's `as_ptr`. */
  asPtr(): Ptr {
    if (this.state !== OWNED) this.enter();
    return this.slots.start;
  }

  /** Whether both are handles of the same value. */
  ptrEq(other: Shared<T>): boolean {
    return this.asPtr() === other.asPtr();
  }

  protected giveAway(): Ptr {
    this.requireOwned();
    this.forget();
    return this.slots.start;
  }

  /** One strong handle more, of whom the caller makes a handle. @returns the block */
  protected countUp(): Ptr {
    if (this.state !== OWNED) this.enter();
    countUp(this.counts, this.slots.memory, this.block);
    return this.block;
  }

  /** One weak handle more, likewise. */
  protected countWeakUp(): Ptr {
    if (this.state !== OWNED) this.enter();
    countWeakUp(this.counts, this.slots.memory, this.block + WEAK);
    return this.block;
  }

  /** Whether there is no other handle, strong or weak. */
  protected isUnique(): boolean {
    const { counts, block } = this;
    const { memory } = this.slots;
    // While the weak count is locked, nobody can make a weak handle out of a strong one.
    if (counts.compareExchange(memory, block + WEAK, 1, WEAK_LOCKED) !== 1) return false;
    const unique = counts.load(memory, block) === 1;
    counts.store(memory, block + WEAK, 1);
    return unique;
  }

  /**
   * Makes this the only handle: shared values are cloned into a new block; where only weak handles are left, the
   * value moves to a new block and they lose it.
   */
  protected makeUnique(): void {
    if (this.state !== OWNED) this.enter();
    const { counts, block, type, count, allocator } = this;
    const { memory } = this.slots;
    if (counts.compareExchange(memory, block, 1, 0) !== 1) {
      const made = takeShared(allocator, type, count, 1);
      try {
        cloneValues(type, memory, this.slots.start, made + valueOffset(type), count, allocator);
      } catch (error) {
        giveBlock(allocator, made, sharedLayout(type, count));
        throw error;
      }
      this.settle(made);
      dropStrong(counts, type, block, count, allocator);
    } else if (counts.load(memory, block + WEAK) !== 1) {
      let made: Ptr;
      try {
        made = takeShared(allocator, type, count, 1);
      } catch (error) {
        counts.store(memory, block, 1);
        throw error;
      }
      if (type.size * count > 0) memory.copy(made + valueOffset(type), this.slots.start, type.size * count);
      this.settle(made);
      dropWeak(counts, type, block, count, allocator);
    } else counts.store(memory, block, 1);
  }

  /**
   * If this is the only strong handle, ends it without dropping the value.
   *
   * @param take - moves the value out, while it is still there
   */
  protected unwrapIfLast<R>(take: () => R): R | undefined {
    this.requireOwned();
    const { counts, block, type, count, allocator } = this;
    if (counts.compareExchange(this.slots.memory, block, 1, 0) !== 1) return undefined;
    const value = take();
    this.forget();
    dropWeak(counts, type, block, count, allocator);
    return value;
  }

  protected load(slot: Ptr): void {
    const block = readPtr(this.slots.memory, slot);
    if (block !== this.block) this.epoch++;
    this.block = block;
    if (this.isFat) this.count = this.slots.memory.readUsize(slot + WORD);
    this.slots.moveTo(block + valueOffset(this.type));
  }

  protected store(slot: Ptr): void {
    writePtr(this.slots.memory, slot, this.block);
    if (this.isFat) this.slots.memory.writeUsize(slot + WORD, this.count);
  }

  protected release(): void {
    dropStrong(this.counts, this.type, this.block, this.count, this.allocator);
  }

  private settle(block: Ptr): void {
    this.block = block;
    this.slots.moveTo(block + valueOffset(this.type));
    this.changed();
  }
}
