/**
 * Vec, boxed slices and borrowed slices: three handles over elements side by side. They turn into each other, so they
 * live in one file.
 *
 * ```
 *   Vec<T>      capacity, pointer, length    24 bytes    owns the block and may grow it
 *   Box<[T]>    pointer, length              16 bytes    owns a block of exactly `length` elements
 *   &mut [T]    pointer, length              —           borrows elements of either
 * ```
 * @see https://doc.rust-lang.org/std/vec/struct.Vec.html
 * @module
 */
import { globalAllocator, handleAllocError, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { NULL, type Memory, type Ptr } from "@kmem/memory";
import { dropValue, cloneValues, dropValues, readPtr, WORD, writePtr, type Type } from "@kmem/repr";
import { checkUsize, TryReserveError } from "../core/errors.ts";
import { feed } from "../core/feed.ts";
import { Owner, OWNED, type Loan } from "../core/owner.ts";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { sizeHintOf } from "../core/size-hint.ts";
import { SliceBase } from "../slice/slice-base.ts";
import { IntoIter } from "./into-iter.ts";
import { VecBulk } from "./vec-bulk.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR, VEC_SIZE } from "./vec-core.ts";

/**
 * A growable array.
 *
 * @example
 * const numbers = Vec.from(u32, [1, 2, 3]);
 * numbers.push(4);
 * numbers.toArray() // => [1, 2, 3, 4]
 * numbers.capacity // => 6
 */
export class Vec<T> extends VecBulk<T> {
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
   * @example Vec.from(u8, [1, 2, 3]).capacity // => 3
   */
  static from<T>(type: Type<T>, values: Iterable<T>): Vec<T> {
    return Vec.fromIn(globalAllocator(), type, values);
  }

  static fromIn<T>(allocator: GlobalAlloc, type: Type<T>, values: Iterable<T>): Vec<T> {
    const vec = new Vec(type, allocator);
    try {
      const [lower, upper] = sizeHintOf(values);
      feed(values, (iterator) => {
        if (lower !== upper) vec.collectFrom(iterator);
        else {
          if (Array.isArray(values)) vec.checkAll(values as readonly T[]);
          vec.raw.allocate(lower);
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
    return concat(type, parts, undefined, allocator ?? parts[0]?.allocator ?? globalAllocator());
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

  /** Moves the contents out; this Vec is empty then and owns no block: `mem::take`. */
  take(): Vec<T> {
    if (this.state !== OWNED) this.enter();
    const { ptr, capacity } = this.raw;
    const { count } = this;
    this.raw.forget();
    this.count = 0;
    this.changed();
    return Vec.fromRawParts(this.type, ptr, count, capacity, this.allocator);
  }

  /** Uses the Vec up: gives its elements away one by one, and drops those that nobody takes. */
  intoIter(): IntoIter<T> {
    const { ptr, length, capacity } = this.intoRawParts();
    return new IntoIter(this.type, this.allocator, ptr, length, capacity);
  }

  /** `into_iter().filter(keep).collect()`: the kept elements in the same block; the others are dropped. */
  intoFiltered(keep: (value: T) => boolean): Vec<T> {
    const iter = this.intoIter();
    if (this.type.size === 0) {
      const kept = Vec.newIn(this.allocator, this.type);
      for (const value of iter) if (keep(value)) kept.push(value);
      return kept;
    }
    const { ptr, length, capacity } = iter.filterInPlace(keep);
    return Vec.fromRawParts(this.type, ptr, length, capacity, this.allocator);
  }

  /**
   * `into_iter().map(f).collect()`: in the same block when the new elements are as aligned and not larger, as in Rust.
   *
   * @param f - owns the element it is given: one that owns memory must be dropped or moved on
   */
  intoMapped<U>(type: Type<U>, f: (value: T) => U): Vec<U> {
    const iter = this.intoIter();
    if (type.size > 0 && type.size <= this.type.size && type.align === this.type.align) {
      const { ptr, length, capacity } = iter.mapInPlace(type, f);
      return Vec.fromRawParts(type, ptr, length, capacity, this.allocator);
    }
    const made = Vec.newIn(this.allocator, type);
    try {
      made.raw.allocate(iter.length);
      for (const value of iter) made.push(f(value));
    } catch (error) {
      iter[Symbol.dispose]();
      made.drop();
      throw error;
    }
    return made;
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
    return Slice.leaked(this.type, this.allocator, ptr, length);
  }

  /** All elements of all parts in one Vec, exactly as large as needed; the elements are cloned. */
  concat<U>(this: Vec<Vec<U>>): Vec<U> {
    return concat((this.type as VecType<U>).element, this.toArray(), undefined, this.allocator);
  }

  /** {@link Vec.concat} with clones of `separator` between the parts. */
  join<U>(this: Vec<Vec<U>>, separator: ArrayLike<U> | SliceBase<U>): Vec<U> {
    return concat((this.type as VecType<U>).element, this.toArray(), separator, this.allocator);
  }

  protected part(start: number, count: number): Slice<T> {
    return Slice.of(this, this.slots.addressOf(start), count);
  }

  protected emptyVec(capacity: number): Vec<T> {
    return Vec.withCapacityIn(this.allocator, this.type, capacity);
  }
}

/** Elements of a Vec or boxed slice, borrowed: good until the owner changes. */
export class Slice<T> extends SliceBase<T> {
  private readonly parent: Owner | undefined;

  private constructor(type: Type<T>, allocator: GlobalAlloc, loan: Loan, parent: Owner | undefined, count: number) {
    super(type, allocator, loan);
    this.slots.moveTo(loan.slot);
    this.parent = parent;
    this.count = count;
  }

  /** @internal A slice of `owner`'s elements. */
  static of<T>(owner: Owner & { readonly type: Type<T> }, ptr: Ptr, count: number): Slice<T> {
    return new Slice(owner.type, owner.allocator, { lender: owner, slot: ptr }, owner, count);
  }

  /** @internal A slice that nobody owns. */
  static leaked<T>(type: Type<T>, allocator: GlobalAlloc, ptr: Ptr, count: number): Slice<T> {
    const nobody = { allocator, epoch: 0, assertUsable: () => undefined };
    return new Slice(type, allocator, { lender: nobody, slot: ptr }, undefined, count);
  }

  get typeName(): string {
    return `[${this.type.name}]`;
  }

  protected part(start: number, count: number): Slice<T> {
    return Slice.of(this, this.slots.addressOf(start), count);
  }

  protected emptyVec(capacity: number): Vec<T> {
    return Vec.withCapacityIn(this.allocator, this.type, capacity);
  }

  /** What changes here has changed in the owner. */
  protected override changed(): void {
    this.epoch++;
    this.parent?.elementsChanged();
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

/** Rust's `Box<[T]>`: a block of exactly as many elements as there are. Made by {@link Vec.intoBoxedSlice}. */
export class BoxedSlice<T> extends SliceBase<T> {
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

  get typeName(): string {
    return `Box<[${this.type.name}]>`;
  }

  /** Gives the block away. The box is moved. */
  intoRaw(): { ptr: Ptr; length: number } {
    this.requireOwned();
    this.forget();
    return { ptr: this.slots.start, length: this.count };
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
    return Slice.leaked(this.type, this.allocator, ptr, length);
  }

  protected part(start: number, count: number): Slice<T> {
    return Slice.of(this, this.slots.addressOf(start), count);
  }

  protected emptyVec(capacity: number): Vec<T> {
    return Vec.withCapacityIn(this.allocator, this.type, capacity);
  }

  protected load(slot: Ptr): void {
    const { memory } = this.slots;
    const ptr = readPtr(memory, slot);
    const length = memory.readUsize(slot + WORD);
    if (ptr !== this.slots.start || length !== this.count) this.epoch++;
    this.slots.moveTo(ptr);
    this.count = length;
  }

  protected store(slot: Ptr): void {
    writePtr(this.slots.memory, slot, this.slots.start);
    this.slots.memory.writeUsize(slot + WORD, this.count);
  }

  protected release(): void {
    try {
      dropValues(this.type, this.slots.memory, this.slots.start, this.count, this.allocator);
    } finally {
      const layout = Layout.fromSizeAlignUnchecked(this.count * this.type.size, this.type.align);
      if (layout.size > 0) this.allocator.dealloc(this.slots.start, layout);
    }
  }
}

/** The type of a Vec that is an element. */
export interface VecType<T> extends Type<Vec<T>> {
  readonly element: Type<T>;
}

/** The type of a Vec that is an element. @example vec(vec(u8)).name // => "Vec<Vec<u8>>" */
export const vec: <T>(element: Type<T>) => VecType<T> = perType((element) => {
  const type = ownerType<Vec<unknown>>({
    get name() {
      return `Vec<${element.name}>`;
    },
    size: VEC_SIZE,
    niche: CAPACITY_NICHE,
    is: (value) => value instanceof Vec && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => Vec.borrow(element, loan),
    adopt: (memory, at, allocator) => adoptVec(element, memory, at, allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const length = memory.readUsize(from + VEC_LENGTH);
      const block = cloneBlock(element, memory, readPtr(memory, from + VEC_PTR), length, allocator);
      Vec.fromRawParts(element, block, length, length, allocator).moveTo(to);
    },
    cloneFrom(memory, from, to, allocator) {
      const source = adoptVec(element, memory, from, allocator);
      const target = adoptVec(element, memory, to, allocator);
      try {
        target.cloneFrom(source);
      } finally {
        target.moveTo(to);
        source.moveTo(from);
      }
    },
  });
  return Object.assign(type, { element });
}) as <T>(element: Type<T>) => VecType<T>;

/** The type of a boxed slice that is an element. @example boxSlice(u8).size // => 16 */
export const boxSlice: <T>(element: Type<T>) => Type<BoxedSlice<T>> = perType((element) =>
  ownerType<BoxedSlice<unknown>>({
    get name() {
      return `Box<[${element.name}]>`;
    },
    size: 2 * WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof BoxedSlice && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => BoxedSlice.borrow(element, loan),
    adopt: (memory, at, allocator) =>
      BoxedSlice.fromRaw(element, readPtr(memory, at), memory.readUsize(at + WORD), allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const length = memory.readUsize(from + WORD);
      const block = cloneBlock(element, memory, readPtr(memory, from), length, allocator);
      BoxedSlice.fromRaw(element, block, length, allocator).moveTo(to);
    },
  }),
) as <T>(element: Type<T>) => Type<BoxedSlice<T>>;

function adoptVec<T>(element: Type<T>, memory: Memory, at: Ptr, allocator: GlobalAlloc): Vec<T> {
  const length = memory.readUsize(at + VEC_LENGTH);
  return Vec.fromRawParts(element, readPtr(memory, at + VEC_PTR), length, memory.readUsize(at), allocator);
}

/** A block of clones, exactly as large as needed; nothing is left of it when an element cannot be cloned. */
function cloneBlock(element: Type<unknown>, memory: Memory, from: Ptr, count: number, allocator: GlobalAlloc): Ptr {
  const layout = Layout.array(element, count);
  if (layout.size === 0) {
    cloneValues(element, memory, from, element.align, count, allocator);
    return element.align;
  }
  const block = allocator.alloc(layout);
  if (block === NULL) handleAllocError(layout);
  try {
    cloneValues(element, memory, from, block, count, allocator);
  } catch (error) {
    allocator.dealloc(block, layout);
    throw error;
  }
  return block;
}

function concat<U>(
  type: Type<U>,
  parts: readonly SliceBase<U>[],
  separator: ArrayLike<U> | SliceBase<U> | undefined,
  allocator: GlobalAlloc,
): Vec<U> {
  const gaps = Math.max(0, parts.length - 1) * (separator?.length ?? 0);
  const whole = Vec.withCapacityIn(
    allocator,
    type,
    parts.reduce((sum, part) => sum + part.length, gaps),
  );
  try {
    parts.forEach((part, i) => {
      if (i > 0 && separator !== undefined) whole.extendFromSlice(separator);
      whole.extendFromSlice(part);
    });
  } catch (error) {
    whole.drop();
    throw error;
  }
  return whole;
}

/** Whether a value is all zero bits, so that Rust asks for zeroed memory: 0, but not −0. */
function isZero(value: unknown): boolean {
  return value === 0n || Object.is(value, 0) || value === false || value === "\0";
}
