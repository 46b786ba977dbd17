/**
 * What weak handles have in common: they keep the block, not the value.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { readPtr, WORD, writePtr, type Type } from "@kmem/repr";
import { Owner, OWNED, type Loan } from "../core/owner.ts";
import { countUpUnlessZero, countWeakUp, WEAK_LOCKED, type Counts } from "./counts.ts";
import { dropWeak, NOWHERE, valueOffset, WEAK } from "./shared-block.ts";

/** A weak handle. */
export abstract class WeakBase<T> extends Owner {
  readonly type: Type<T>;
  protected readonly memory: Memory;
  protected block: Ptr;
  protected count: number;

  protected constructor(type: Type<T>, allocator: GlobalAlloc, block: Ptr, count: number, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.memory = allocator.memory;
    this.block = block;
    this.count = count;
  }

  protected abstract get counts(): Counts;
  protected abstract get isFat(): boolean;

  /** Strong handles of the value; 0 when it is gone. */
  get strongCount(): number {
    if (this.state !== OWNED) this.enter();
    return this.block === NOWHERE ? 0 : this.counts.load(this.memory, this.block);
  }

  /** Weak handles of the value; 0 when it is gone. */
  get weakCount(): number {
    if (this.strongCount === 0) return 0;
    const count = this.counts.load(this.memory, this.block + WEAK);
    return count === WEAK_LOCKED ? 0 : count - 1;
  }

  /** Address of the value, which may be gone. */
  asPtr(): Ptr {
    if (this.state !== OWNED) this.enter();
    return this.block === NOWHERE ? NOWHERE : this.block + valueOffset(this.type);
  }

  /** Whether both are handles of the same block, or both of none. */
  ptrEq(other: WeakBase<T>): boolean {
    return this.asPtr() === other.asPtr();
  }

  /** Gives the handle away: the address of the value. */
  intoRaw(): Ptr {
    this.requireOwned();
    this.forget();
    return this.block === NOWHERE ? NOWHERE : this.block + valueOffset(this.type);
  }

  /** @internal Gives the handle up; what it counted for is taken over by the strong handles. */
  relinquish(): void {
    this.forget();
  }

  /** One weak handle more, of whom the caller makes a handle. @returns the block */
  protected countUp(): Ptr {
    if (this.state !== OWNED) this.enter();
    if (this.block !== NOWHERE) countWeakUp(this.counts, this.memory, this.block + WEAK);
    return this.block;
  }

  /** One strong handle more, if the value is still there. */
  protected tryCountStrongUp(): boolean {
    if (this.state !== OWNED) this.enter();
    return this.block !== NOWHERE && countUpUnlessZero(this.counts, this.memory, this.block);
  }

  protected load(slot: Ptr): void {
    const block = readPtr(this.memory, slot);
    if (block !== this.block) this.epoch++;
    this.block = block;
    if (this.isFat) this.count = this.memory.readUsize(slot + WORD);
  }

  protected store(slot: Ptr): void {
    writePtr(this.memory, slot, this.block);
    if (this.isFat) this.memory.writeUsize(slot + WORD, this.count);
  }

  protected release(): void {
    dropWeak(this.counts, this.type, this.block, this.count, this.allocator);
  }
}
