/**
 * Strong handles of values side by side: `Rc<[T]>` and `Arc<[T]>`.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValue, cloneValues, dropValues, type Type } from "@kmem/repr";
import { giveBlock } from "../core/block.ts";
import type { ExactIter } from "../core/iter.ts";
import { OWNED } from "../core/owner.ts";
import { sizeHintOf } from "../core/size-hint.ts";
import type { SliceBase } from "../slice/slice-base.ts";
import { Slice } from "../slice/slice.ts";
import { Vec } from "../vec/vec.ts";
import { sharedLayout, takeShared, valueOffset } from "./shared-block.ts";
import { Shared } from "./shared.ts";

export abstract class SharedSlice<T> extends Shared<T> implements Iterable<T> {
  /** Number of elements. */
  get length(): number {
    if (this.state !== OWNED) this.enter();
    return this.count;
  }

  get(index: number): T | undefined {
    return this.asSlice().get(index);
  }

  at(position: number): T | undefined {
    return this.asSlice().at(position);
  }

  /** The elements, for reading. */
  asSlice(): Slice<T> {
    if (this.state !== OWNED) this.enter();
    return Slice.of(this, this.slots.start, this.count);
  }

  /** @internal */
  emptyVec(capacity: number): Vec<T> {
    return Vec.withCapacityIn(this.allocator, this.type, capacity);
  }

  iter(): ExactIter<T> {
    return this.asSlice().iter();
  }

  [Symbol.iterator](): ExactIter<T> {
    return this.iter();
  }

  toArray(): T[] {
    return this.asSlice().toArray();
  }

  toJSON(): T[] {
    return this.toArray();
  }

  /** The elements for changing, if there is no other handle, strong or weak. */
  getMut(): Slice<T> | undefined {
    if (this.state !== OWNED) this.enter();
    return this.isUnique() ? this.asSlice() : undefined;
  }

  /** The elements for changing: first cloned if there are other strong handles, moved away from weak ones. */
  makeMut(): Slice<T> {
    this.makeUnique();
    return this.asSlice();
  }

  /** Gives the handle away: the address of the elements, and how many. */
  intoRaw(): { ptr: Ptr; length: number } {
    return { ptr: this.giveAway(), length: this.count };
  }

  equals(other: Iterable<T>): boolean {
    return this.asSlice().equals(other);
  }

  compareTo(other: Iterable<T>): number {
    return this.asSlice().compareTo(other);
  }

  inspectContents(show: (value: unknown) => string): string {
    return `(${this.length}) ${show(this.toArray())}`;
  }

  protected get isFat(): boolean {
    return true;
  }
}

/** A block with the elements of a Vec, whose own block is given back. */
export function sharedFromVec<T>(vec: Vec<T>): { block: Ptr; count: number } {
  vec.checkMovable();
  const { type, allocator, length } = vec;
  const block = takeShared(allocator, type, length, 1);
  if (type.size * length > 0) allocator.memory.copy(block + valueOffset(type), vec.asPtr(), type.size * length);
  vec.setLength(0);
  vec.drop();
  return { block, count: length };
}

/** A block with clones of a slice's elements. */
export function sharedFromSlice<T>(source: SliceBase<T>): { block: Ptr; count: number } {
  const { type, allocator, length } = source;
  const from = source.asPtr();
  const block = takeShared(allocator, type, length, 1);
  try {
    cloneValues(type, allocator.memory, from, block + valueOffset(type), length, allocator);
  } catch (error) {
    giveBlock(allocator, block, sharedLayout(type, length));
    throw error;
  }
  return { block, count: length };
}

/** A block with an iterable's values: made at once where the length is known, else by way of a Vec. */
export function sharedFrom<T>(
  allocator: GlobalAlloc,
  type: Type<T>,
  values: Iterable<T>,
): { block: Ptr; count: number } {
  const [lower, upper] = sizeHintOf(values);
  if (lower !== upper) return sharedFromVec(Vec.fromIn(allocator, type, values));
  if (Array.isArray(values)) for (const value of values as T[]) type.check?.(value, allocator);
  const block = takeShared(allocator, type, lower, 1);
  const start = block + valueOffset(type);
  const { memory } = allocator;
  let made = 0;
  try {
    for (const value of values) {
      if (made === lower) {
        dropValue(value);
        break;
      }
      type.write(memory, start + made * type.size, value, allocator);
      made++;
    }
    if (made < lower) throw new RangeError(`expected ${lower} values, as promised, got ${made}`);
  } catch (error) {
    dropValues(type, memory, start, made, allocator);
    giveBlock(allocator, block, sharedLayout(type, lower));
    throw error;
  }
  return { block, count: lower };
}
