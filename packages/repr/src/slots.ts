/**
 * Elements side by side: the fast way to read and write them by index.
 *
 * ```
 *   start      + stride      + 2 · stride
 *   ├─────────┼─────────┼─────────┼────
 *   0         1         2         …            low ≤ index < high: inside the window that is remembered
 * ```
 * It remembers the window (the contiguous bytes that a {@link Memory} showed) it is on, so an element costs one range
 * check, one look at the memory's generation, and one typed-array access; the memory itself is asked only when the
 * window is left. One class with a `switch` on the kind keeps its cost the same however many types a program uses.
 * An element that straddles two windows is read through the memory.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr, Views } from "@kmem/memory";
import { arrayOf, type ElementArray } from "./element-array.ts";
import { checkPrimitive, readPrimitive, writePrimitive } from "./primitive-access.ts";
import type { Kind, Lender, Type } from "./type.ts";

/** Indices are kept below this, so that they stay small integers; elements beyond are read through the memory. */
const INDEX_LIMIT = 0x3fff_ffff;

export class Slots<T> {
  readonly type: Type<T>;
  readonly lender: Lender;
  readonly memory: Memory;
  readonly allocator: GlobalAlloc;
  /** Bytes from one element to the next. */
  readonly stride: number;
  /** Whether elements own something, so that moving and dropping them needs the type's help. */
  readonly owns: boolean;

  private at: Ptr;
  private readonly kind: Kind;
  private readonly takes: boolean;
  private views: Views | undefined = undefined;
  /** That of the elements' kind among `views`. */
  private array: ElementArray | undefined = undefined;
  private generation = -1;
  private low = 0;
  private high = 0;
  /** `high`, if the window is for writing; else 0. */
  private writableHigh = 0;
  /** Primitives: index in the typed array of their kind of element 0. Other types: index in bytes. */
  private delta = 0;

  /** @param start - address of element 0; a multiple of the alignment */
  constructor(type: Type<T>, lender: Lender, start: Ptr) {
    this.type = type;
    this.lender = lender;
    this.allocator = lender.allocator;
    this.memory = lender.allocator.memory;
    this.stride = type.size;
    this.owns = type.drop !== undefined;
    this.kind = type.kind ?? 0;
    this.takes = type.take !== undefined;
    this.at = start;
  }

  /** Address of element 0. */
  get start(): Ptr {
    return this.at;
  }

  /** Says that the elements are at another address now. */
  moveTo(start: Ptr): void {
    if (start === this.at) return;
    this.at = start;
    this.low = this.high = this.writableHigh = 0;
  }

  /** Address of an element. */
  addressOf(index: number): Ptr {
    return this.at + index * this.stride;
  }

  /** Reads an element; of a type that owns memory, as a handle borrowed from the lender. `index` is not checked. */
  get(index: number): T {
    if (index < this.low || index >= this.high || this.memory.generation !== this.generation) return this.getFar(index);
    const views = this.views!;
    const at = index + this.delta;
    switch (this.kind) {
      case 1:
        return views.u8[at] as T;
      case 2:
        return views.i8[at] as T;
      case 3:
        return views.u16[at] as T;
      case 4:
        return views.i16[at] as T;
      case 5:
        return views.u32[at] as T;
      case 6:
        return views.i32[at] as T;
      case 7:
        return views.f32[at] as T;
      case 8:
        return views.f64[at] as T;
      default:
        return this.getOther(index, views);
    }
  }

  /**
   * Puts a value into a slot that holds none. `index` is not checked.
   *
   * @throws ReprError `repr/value` when the type cannot hold it; nothing has changed then
   */
  set(index: number, value: T): void {
    const outside = index < this.low || index >= this.writableHigh || this.memory.generation !== this.generation;
    if (outside || typeof value !== "number") {
      this.setOther(index, value, outside);
      return;
    }
    const views = this.views!;
    const at = index + this.delta;
    // A number that is not whole, or out of range, does not equal what is left of it.
    switch (this.kind) {
      case 1:
        if ((value & 0xff) !== value) break;
        views.u8[at] = value;
        return;
      case 2:
        if ((value << 24) >> 24 !== value) break;
        views.i8[at] = value;
        return;
      case 3:
        if ((value & 0xffff) !== value) break;
        views.u16[at] = value;
        return;
      case 4:
        if ((value << 16) >> 16 !== value) break;
        views.i16[at] = value;
        return;
      case 5:
        if (value >>> 0 !== value) break;
        views.u32[at] = value;
        return;
      case 6:
        if ((value | 0) !== value) break;
        views.i32[at] = value;
        return;
      case 7:
        views.f32[at] = value;
        return;
      case 8:
        views.f64[at] = value;
        return;
      default:
    }
    this.setOther(index, value, false);
  }

  /** Throws what {@link Slots.set} would throw for a bad value, and changes nothing. */
  check(value: T): void {
    if (this.kind !== 0) checkPrimitive(this.kind, value);
    else this.type.check?.(value, this.allocator);
  }

  /** Moves the element out: the slot holds none afterwards. */
  take(index: number): T {
    return this.takes ? this.takeOwner(index) : this.get(index);
  }

  /** Moves `count` elements from slot `from` on to slot `to` on; they may overlap. */
  move(to: number, from: number, count: number): void {
    if (count > 0 && this.stride > 0) this.memory.copy(this.addressOf(to), this.addressOf(from), count * this.stride);
  }

  /**
   * How many elements from `index` on lie side by side in one typed array; 0 where only {@link Slots.get} can reach
   * them (types that are no primitive, and elements that straddle two windows).
   *
   * Afterwards {@link Slots.runArray} and {@link Slots.runIndex} say where, until anything else is done here.
   */
  run(index: number, forWriting: boolean): number {
    if (this.kind === 0) return 0;
    const stale = index < this.low || index >= this.high || this.memory.generation !== this.generation;
    if ((stale || (forWriting && index >= this.writableHigh)) && !this.seek(index, forWriting)) return 0;
    return this.high - index;
  }

  /** The typed array of the last {@link Slots.run}; of `usize` and `isize`, the one of 64-bit integers. */
  get runArray(): ElementArray {
    return this.array!;
  }

  /** Index of an element of the last {@link Slots.run}, in {@link Slots.runArray}. */
  runIndex(index: number): number {
    return index + this.delta;
  }

  /** Finds the window around an element. @returns whether the whole element is in it and can be read from views */
  private seek(index: number, forWriting: boolean): boolean {
    const { type, stride } = this;
    this.low = this.high = this.writableHigh = 0;
    if (stride === 0 || (this.kind === 0 && (type.readAt === undefined || type.writeAt === undefined))) return false;
    const shown = this.memory.window(this.addressOf(index), forWriting);
    const before = this.at - shown.address;
    const low = Math.max(0, Math.ceil(-before / stride));
    const high = Math.min(INDEX_LIMIT, Math.floor((shown.byteLength - before) / stride));
    if (index < low || index >= high) return false;
    // Rounding keeps what is whole, and makes the engine store it as a small integer, not as a boxed double.
    const bytes = Math.floor(shown.firstIndex + before);
    // A primitive's size is a power of two; `%` of what may be beyond 2^31 is a slow call.
    if (this.kind !== 0 && (bytes & (stride - 1)) !== 0) return false;
    this.views = shown.views;
    this.array = arrayOf(this.kind, shown.views);
    this.generation = this.memory.generation;
    this.writableHigh = forWriting ? high : 0;
    this.delta = this.kind === 0 ? bytes : Math.floor(bytes / stride);
    this.low = low;
    this.high = high;
    return true;
  }

  // `get` and `set` are small enough to be inlined where they are used; what is rarer stands apart.

  private takeOwner(index: number): T {
    return this.type.take!(this.memory, this.addressOf(index), this.allocator);
  }

  private getFar(index: number): T {
    if (this.seek(index, false)) return this.get(index);
    return this.type.read(this.memory, this.addressOf(index), this.lender);
  }

  private getOther(index: number, views: Views): T {
    if (this.kind === 0) return this.type.readAt!(views, index * this.stride + this.delta);
    return readPrimitive(this.kind, views, (index + this.delta) * this.stride) as T;
  }

  /** Sets what is outside of the window, of a rarer kind, or to be refused. */
  private setOther(index: number, value: T, outside: boolean): void {
    if (outside && !this.seek(index, true)) this.type.write(this.memory, this.addressOf(index), value, this.allocator);
    else if (this.kind === 0) this.type.writeAt!(this.views!, index * this.stride + this.delta, value);
    else writePrimitive(this.kind, this.views!, (index + this.delta) * this.stride, value);
  }
}
