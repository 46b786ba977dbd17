/**
 * Vec and boxed slices: two handles over a block of elements, which turn into each other.
 *
 * ```
 *   Vec<T>      capacity, pointer, length    24 bytes    owns the block and may grow it
 *   Box<[T]>    pointer, length              16 bytes    owns a block of exactly `length` elements
 * ```
 * @see https://doc.rust-lang.org/std/vec/struct.Vec.html
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { dropValue, type Type } from "@kmem/repr";
import { ArgumentError, checkUsize, type TryReserveError } from "../core/errors.ts";
import { feed } from "../core/feed.ts";
import type { Loan } from "../core/owner.ts";
import { sizeHintOf } from "../core/size-hint.ts";
import { Slice } from "../slice/slice.ts";
import { SliceBase } from "../slice/slice-base.ts";
import { BoxedCore } from "./boxed-core.ts";
import { IntoIter } from "./into-iter.ts";
import { VecInto } from "./vec-into.ts";
import type { VecType } from "./vec-type.ts";

/**
 * A growable array.
 *
 * @example
 * const numbers = Vec.from(u32, [1, 2, 3]);
 * numbers.push(4);
 * numbers.toArray() // => [1, 2, 3, 4]
 * numbers.capacity // => 6
 */
export class Vec<T> extends VecInto<T> {
  protected constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, allocator, loan);
  }

  /** An empty Vec; allocates nothing. */
  static new<T>(type: Type<T>): Vec<T> {
    return new Vec(type, globalAllocator());
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>): Vec<T> {
    return new Vec(type, allocator);
  }

  /** An empty Vec with room for exactly `capacity` elements. @throws Panic "capacity overflow" */
  static withCapacity<T>(type: Type<T>, capacity: number): Vec<T> {
    return Vec.withCapacityIn(globalAllocator(), type, capacity);
  }

  static withCapacityIn<T>(allocator: GlobalAlloc, type: Type<T>, capacity: number): Vec<T> {
    checkUsize(capacity, "capacity");
    const vec = new Vec(type, allocator);
    vec.raw.allocate(capacity);
    return vec;
  }

  /** {@link Vec.withCapacity}, or why there is no memory. */
  static tryWithCapacity<T>(type: Type<T>, capacity: number, allocator?: GlobalAlloc): Vec<T> | TryReserveError {
    checkUsize(capacity, "capacity");
    const vec = new Vec(type, allocator ?? globalAllocator());
    return vec.raw.tryAllocate(capacity) ?? vec;
  }

  /**
   * A Vec of an iterable's values, as Rust's `collect`: exactly as large as needed when the length is known beforehand.
   *
   * What another Vec's `intoIter()` has left stays in its block, as in Rust, unless that is mostly used up.
   *
   * @example Vec.from(u8, [1, 2, 3]).capacity // => 3
   */
  static from<T>(type: Type<T>, values: Iterable<T>): Vec<T> {
    return Vec.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): Vec<T> {
    const used = values instanceof IntoIter ? values.handBlock(type, allocator) : undefined;
    if (used !== undefined) return Vec.fromRawParts(type, used.ptr, used.length, used.capacity, allocator);
    const vec = new Vec(type, allocator);
    try {
      const [lower, upper] = sizeHintOf(values);
      feed(values, (iterator) => {
        if (lower !== upper) vec.collectFrom(iterator);
        else {
          if (Array.isArray(values)) vec.checkAll(values as readonly T[]);
          if (values instanceof IntoIter) vec.reserve(lower);
          else vec.raw.allocate(lower);
          vec.extendFrom(iterator);
        }
      });
    } catch (error) {
      vec.drop();
      throw error;
    }
    return vec;
  }

  /** A Vec of clones of a slice's or copies of an array's values, exactly as large as needed: Rust's `to_vec`. */
  static fromSlice<T>(type: Type<T>, source: ArrayLike<T> | SliceBase<T>, allocator?: GlobalAlloc): Vec<T> {
    const vec = new Vec(type, allocator ?? (source instanceof SliceBase ? source.allocator : globalAllocator()));
    try {
      vec.checkAll(source);
      vec.raw.allocate(source.length);
      vec.extendFromSlice(source);
    } catch (error) {
      vec.drop();
      throw error;
    }
    return vec;
  }

  /** `length` clones of `value`, which itself goes last: Rust's `vec![value; length]`. */
  static fromElem<T>(type: Type<T>, value: T, length: number): Vec<T> {
    return Vec.fromElemIn(globalAllocator(), type, value, length);
  }

  static fromElemIn<T>(allocator: GlobalAlloc, type: Type<T>, value: T, length: number): Vec<T> {
    checkUsize(length, "length");
    const vec = new Vec(type, allocator);
    vec.slots.check(value);
    if (length === 0) {
      dropValue(value);
      return vec;
    }
    const zeroed = (type.kind ?? 0) > 0 && isZero(value);
    vec.raw.allocate(length, zeroed);
    if (zeroed) vec.count = length;
    else
      try {
        vec.extendWith(length, value);
      } catch (error) {
        vec.drop();
        throw error;
      }
    return vec;
  }

  /** All elements of all parts in one Vec, exactly as large as needed; they are cloned. Rust's `[a, b].concat()`. */
  static concat<T>(type: Type<T>, parts: readonly SliceBase<T>[], allocator?: GlobalAlloc): Vec<T> {
    return Vec.concatIn(allocator ?? parts[0]?.allocator ?? globalAllocator(), type, parts);
  }

  /** Takes back what {@link Vec.intoRawParts} gave; the caller answers for it. */
  static fromRawParts<T>(type: Type<T>, ptr: Ptr, length: number, capacity: number, allocator?: GlobalAlloc): Vec<T> {
    const vec = new Vec(type, allocator ?? globalAllocator());
    vec.raw.assume(ptr, capacity);
    vec.count = length;
    return vec;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): Vec<T> {
    return new Vec(type, loan.lender.allocator, loan);
  }

  /** A Vec of clones of all elements, exactly as large as needed. */
  override clone(): Vec<T> {
    return Vec.fromSlice(this.type, this, this.allocator);
  }

  /** Gives back what is not needed, and turns into a boxed slice. */
  intoBoxedSlice(): BoxedSlice<T> {
    this.requireOwned();
    this.shrinkToFit();
    const { ptr, length } = this.intoRawParts();
    return BoxedSlice.fromRaw(this.type, ptr, length, this.allocator);
  }

  /** Gives the elements up for ever: nobody will drop them. Rust's `leak`. */
  leak(): Slice<T> {
    const { ptr, length } = this.intoRawParts();
    return Slice.leaked<T>(this, ptr, length);
  }

  /** All elements of all parts in one Vec, exactly as large as needed; the elements are cloned. */
  concat<U>(this: Vec<Vec<U>>): Vec<U> {
    return Vec.concatIn(this.allocator, (this.type as VecType<U>).element, this.toArray());
  }

  /** {@link Vec.concat} with clones of `separator` between the parts. */
  join<U>(this: Vec<Vec<U>>, separator: ArrayLike<U> | SliceBase<U>): Vec<U> {
    return Vec.concatIn(this.allocator, (this.type as VecType<U>).element, this.toArray(), separator);
  }

  private static concatIn<U>(
    allocator: GlobalAlloc,
    type: Type<U>,
    parts: readonly SliceBase<U>[],
    separator: ArrayLike<U> | SliceBase<U> = [],
  ): Vec<U> {
    const gaps = Math.max(0, parts.length - 1) * separator.length;
    const length = parts.reduce((sum, part) => sum + part.length, gaps);
    const whole = Vec.withCapacityIn(allocator, type, length);
    try {
      parts.forEach((part, i) => {
        if (i > 0) whole.extendFromSlice(separator);
        whole.extendFromSlice(part);
      });
    } catch (error) {
      whole.drop();
      throw error;
    }
    return whole;
  }

  protected part(start: number, count: number): Slice<T> {
    return Slice.of(this, this.slots.addressOf(start), count);
  }

  /** @internal */
  emptyVec(capacity: number): Vec<T> {
    return Vec.withCapacityIn(this.allocator, this.type, capacity);
  }

  protected vecOf<U>(type: Type<U>, ptr: Ptr, length: number, capacity: number): Vec<U> {
    return Vec.fromRawParts(type, ptr, length, capacity, this.allocator);
  }
}

/** Rust's `Box<[T]>`: a block of exactly as many elements as there are. Made by {@link Vec.intoBoxedSlice}. */
export class BoxedSlice<T> extends BoxedCore<T> {
  private constructor(type: Type<T>, allocator: GlobalAlloc, loan?: Loan) {
    super(type, allocator, loan);
  }

  /** A boxed slice of an iterable's values. */
  static from<T>(type: Type<T>, values: Iterable<T>): BoxedSlice<T> {
    return Vec.from(type, values).intoBoxedSlice();
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): BoxedSlice<T> {
    return Vec.fromIn(allocator, type, values).intoBoxedSlice();
  }

  /** Takes back what {@link BoxedSlice.intoRaw} gave; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, length: number, allocator?: GlobalAlloc): BoxedSlice<T> {
    const box = new BoxedSlice(type, allocator ?? globalAllocator());
    box.slots.moveTo(ptr);
    box.count = length;
    return box;
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): BoxedSlice<T> {
    return new BoxedSlice(type, loan.lender.allocator, loan);
  }

  /** The same block as a Vec, full to its capacity. */
  intoVec(): Vec<T> {
    const { ptr, length } = this.intoRaw();
    return Vec.fromRawParts(this.type, ptr, length, length, this.allocator);
  }

  intoIter(): IntoIter<T> {
    return this.intoVec().intoIter();
  }

  override clone(): BoxedSlice<T> {
    return this.toVec().intoBoxedSlice();
  }

  /** Makes this a clone of `source`: element by element when they are as many, else a new block. */
  cloneFrom(source: SliceBase<T>): void {
    if (source.length === this.length) {
      this.cloneFromSlice(source);
      return;
    }
    const made = source.toVec().intoBoxedSlice().intoRaw();
    const old = BoxedSlice.fromRaw(this.type, this.slots.start, this.count, this.allocator);
    this.slots.moveTo(made.ptr);
    this.count = made.length;
    this.changed();
    old.drop();
  }

  leak(): Slice<T> {
    const { ptr, length } = this.intoRaw();
    return Slice.leaked<T>(this, ptr, length);
  }

  /** @internal */
  emptyVec(capacity: number): Vec<T> {
    return Vec.withCapacityIn(this.allocator, this.type, capacity);
  }
}

/** @throws ArgumentError `alloc/argument` for what is no Vec */
export function requireVec(value: unknown): void {
  if (!(value instanceof Vec)) throw new ArgumentError("alloc/argument", "expected a Vec", value);
}

/** Whether a value is all zero bits, so that Rust asks for zeroed memory: 0, but not −0. */
function isZero(value: unknown): boolean {
  return value === 0n || Object.is(value, 0) || value === false || value === "\0";
}
