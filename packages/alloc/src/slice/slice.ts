/**
 * Rust's `&mut [T]`: elements side by side, borrowed from whoever owns them.
 *
 * @see https://doc.rust-lang.org/std/primitive.slice.html
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { Lender, Type } from "@kmem/repr";
import type { Vec } from "../vec/vec.ts";
import { SliceBase } from "./slice-base.ts";

/** Whose elements a slice can be of. */
export interface SliceOwner<T> extends Lender {
  readonly type: Type<T>;
  /** An empty Vec with room for exactly `capacity` elements, in the same allocator: for copies of the slice. */
  emptyVec(capacity: number): Vec<T>;
  /** Told when elements were changed through the slice. */
  elementsChanged(): void;
}

/** Elements of a Vec or boxed slice, borrowed: good until the owner changes. */
export class Slice<T> extends SliceBase<T> {
  private readonly parent: SliceOwner<T>;

  private constructor(parent: SliceOwner<T>, ptr: Ptr, count: number) {
    super(parent.type, parent.allocator, { lender: parent, slot: ptr });
    this.slots.moveTo(ptr);
    this.parent = parent;
    this.count = count;
  }

  /** @internal A slice of `owner`'s elements. */
  static of<T>(owner: SliceOwner<T>, ptr: Ptr, count: number): Slice<T> {
    return new Slice(owner, ptr, count);
  }

  /** @internal A slice of elements that `former` owned, and nobody owns now. */
  static leaked<T>(former: SliceOwner<T>, ptr: Ptr, count: number): Slice<T> {
    const { type, allocator } = former;
    const nothing = (): void => undefined;
    const emptyVec = (capacity: number): Vec<T> => former.emptyVec(capacity);
    return new Slice(
      { type, allocator, epoch: 0, emptyVec, assertUsable: nothing, elementsChanged: nothing },
      ptr,
      count,
    );
  }

  get typeName(): string {
    return `[${this.type.name}]`;
  }

  protected part(start: number, count: number): Slice<T> {
    return Slice.of(this, this.slots.addressOf(start), count);
  }

  /** @internal */
  emptyVec(capacity: number): Vec<T> {
    return this.parent.emptyVec(capacity);
  }

  /** What changes here has changed in the owner. */
  protected override changed(): void {
    this.epoch++;
    this.parent.elementsChanged();
    this.renewLoan();
  }

  protected load(): void {
    // A slice is good as long as its owner has not changed: nothing to look up.
  }

  protected store(): void {
    // No words lie in memory.
  }

  protected release(): void {
    // Borrowed: nothing to release.
  }
}
