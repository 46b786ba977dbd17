/**
 * A value in a block of its own: Rust's `Box<T>`.
 *
 * ```
 *   words  +0 pointer                8 bytes: in the handle, or where the Box is an element
 *   block  ├ value ┤                 exactly the value's layout; none for a zero-size value
 * ```
 * @see https://doc.rust-lang.org/std/boxed/struct.Box.html
 * @module
 */
import { globalAllocator, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import type { Ptr } from "@kmem/memory";
import { cloneValue, cloneValueFrom, dropValues, readPtr, Slots, WORD, writePtr, type Type } from "@kmem/repr";
import { giveBlock, takeBlock, tryTakeBlock } from "../core/block.ts";
import { ArgumentError, TryReserveError } from "../core/errors.ts";
import { Owner, OWNED, type Loan } from "../core/owner.ts";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { replaceSlot, setSlot } from "../core/place.ts";
import { RefMut } from "../core/ref-mut.ts";
import { BoxUninit } from "./box-uninit.ts";

/**
 * Owns one value.
 *
 * @example
 * const answer = Box.new(i32, 41);
 * answer.value += 1;
 * answer.value // => 42
 */
export class Box<T> extends Owner {
  readonly type: Type<T>;
  private readonly slots: Slots<T>;

  private constructor(type: Type<T>, allocator: GlobalAlloc, ptr: Ptr, loan?: Loan) {
    super(allocator, loan);
    this.type = type;
    this.slots = new Slots(type, this, ptr);
  }

  /** Moves a value into a block. @throws calls the alloc error handler when there is no memory; the value is still yours then */
  static new<T>(type: Type<T>, value: T): Box<T> {
    return Box.newIn(globalAllocator(), type, value);
  }

  static newIn<T>(allocator: GlobalAlloc, type: Type<T>, value: T): Box<T> {
    type.check?.(value, allocator);
    return Box.newUninitIn(allocator, type).write(value);
  }

  /** {@link Box.new}, or why there is no memory; the value is still yours then. */
  static tryNew<T>(type: Type<T>, value: T, allocator?: GlobalAlloc): Box<T> | TryReserveError {
    const from = allocator ?? globalAllocator();
    type.check?.(value, from);
    const at = tryTakeBlock(from, Layout.new(type));
    return typeof at === "number" ? uninit(type, from, at).write(value) : at;
  }

  /** A block for a value that is written later. */
  static newUninit<T>(type: Type<T>): BoxUninit<T, Box<T>> {
    return Box.newUninitIn(globalAllocator(), type);
  }

  static newUninitIn<T>(allocator: GlobalAlloc, type: Type<T>): BoxUninit<T, Box<T>> {
    return uninit(type, allocator, takeBlock(allocator, Layout.new(type)));
  }

  /** {@link Box.newUninit} with bytes that are 0. */
  static newZeroed<T>(type: Type<T>, allocator?: GlobalAlloc): BoxUninit<T, Box<T>> {
    const from = allocator ?? globalAllocator();
    return uninit(type, from, takeBlock(from, Layout.new(type), true));
  }

  /** Takes back what {@link Box.intoRaw} gave, here or in another worker; the caller answers for it. */
  static fromRaw<T>(type: Type<T>, ptr: Ptr, allocator?: GlobalAlloc): Box<T> {
    return new Box(type, allocator ?? globalAllocator(), ptr);
  }

  /** @internal A handle over words that lie in memory. */
  static borrow<T>(type: Type<T>, loan: Loan): Box<T> {
    return new Box(type, loan.lender.allocator, type.align, loan);
  }

  get typeName(): string {
    return `Box<${this.type.name}>`;
  }

  /** The value; of a type that owns memory, a handle borrowed from the box. */
  get value(): T {
    if (this.state !== OWNED) this.enter();
    return this.slots.get(0);
  }

  /** Drops the old value and moves another one in: `*b = value`. */
  set value(value: T) {
    if (this.state !== OWNED) this.enter();
    setSlot(this.slots, 0, value, () => this.changed());
  }

  /** The value, borrowed for changing: `&mut *b`. */
  asMut(): RefMut<T> {
    if (this.state !== OWNED) this.enter();
    return RefMut.of(this.type, this, this.slots.start);
  }

  /** Address of the value. */
  asPtr(): Ptr {
    if (this.state !== OWNED) this.enter();
    return this.slots.start;
  }

  /** Moves another value in and gives the old one: `mem::replace(&mut *b, value)`. */
  replace(value: T): T {
    if (this.state !== OWNED) this.enter();
    return replaceSlot(this.slots, 0, value, () => this.changed());
  }

  /** Moves the value out and gives the block back: `*b`. */
  intoInner(): T {
    this.requireOwned();
    const value = this.slots.take(0);
    this.forget();
    giveBlock(this.allocator, this.slots.start, Layout.new(this.type));
    return value;
  }

  /** Gives the block away: its address. */
  intoRaw(): Ptr {
    this.requireOwned();
    this.forget();
    return this.slots.start;
  }

  /** Gives the value up for ever: nobody will drop it. */
  leak(): RefMut<T> {
    return RefMut.leaked(this.type, this.allocator, this.intoRaw());
  }

  /** A new block with a clone of the value. */
  override clone(): Box<T> {
    if (this.state !== OWNED) this.enter();
    const layout = Layout.new(this.type);
    const at = takeBlock(this.allocator, layout);
    try {
      cloneValue(this.type, this.slots.memory, this.slots.start, at, this.allocator);
    } catch (error) {
      giveBlock(this.allocator, at, layout);
      throw error;
    }
    return new Box(this.type, this.allocator, at);
  }

  /** Makes the value a clone of another box's, reusing what it owns. */
  cloneFrom(source: Box<T>): void {
    if (this.state !== OWNED) this.enter();
    const from = source.asPtr();
    if (source.allocator !== this.allocator)
      throw new ArgumentError("alloc/foreign-allocator", "expected a box of the same allocator", source);
    if (this.slots.owns) this.changed();
    cloneValueFrom(this.type, this.slots.memory, from, this.slots.start, this.allocator);
  }

  /** Whether the values are equal. */
  equals(other: Box<T>): boolean {
    return this.compareTo(other) === 0;
  }

  /** Rust's `cmp` of the values. */
  compareTo(other: Box<T>): number {
    return this.type.compare(this.value, other.value);
  }

  inspectContents(show: (value: unknown) => string): string {
    return ` { ${show(this.value)} }`;
  }

  /** For `JSON.stringify`: the value. */
  toJSON(): T {
    return this.value;
  }

  protected load(slot: Ptr): void {
    const ptr = readPtr(this.slots.memory, slot);
    if (ptr === this.slots.start) return;
    this.epoch++;
    this.slots.moveTo(ptr);
  }

  protected store(slot: Ptr): void {
    writePtr(this.slots.memory, slot, this.slots.start);
  }

  protected release(): void {
    try {
      dropValues(this.type, this.slots.memory, this.slots.start, 1, this.allocator);
    } finally {
      giveBlock(this.allocator, this.slots.start, Layout.new(this.type));
    }
  }
}

/** The type of a Box that is an element. @example box(u32).name // => "Box<u32>" */
export const box: <T>(type: Type<T>) => Type<Box<T>> = perType((type) =>
  ownerType<Box<unknown>>({
    get name() {
      return `Box<${type.name}>`;
    },
    size: WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof Box && sameType(value.type as Type<unknown>, type),
    borrow: (loan) => Box.borrow(type, loan),
    adopt: (memory, at, allocator) => Box.fromRaw(type, readPtr(memory, at), allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const source = Box.fromRaw(type, readPtr(memory, from), allocator);
      try {
        source.clone().moveTo(to);
      } finally {
        source.intoRaw();
      }
    },
    cloneFrom(memory, from, to, allocator) {
      cloneValueFrom(type, memory, readPtr(memory, from), readPtr(memory, to), allocator);
    },
  }),
) as <T>(type: Type<T>) => Type<Box<T>>;

function uninit<T>(type: Type<T>, allocator: GlobalAlloc, at: Ptr): BoxUninit<T, Box<T>> {
  return new BoxUninit(type, allocator, at, {
    finish: (ptr) => Box.fromRaw(type, ptr, allocator),
    free: () => giveBlock(allocator, at, Layout.new(type)),
  });
}
