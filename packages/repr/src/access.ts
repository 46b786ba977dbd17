/**
 * Elements anywhere: the fast way to read and write one type at changing addresses (a tree's or a list's nodes).
 *
 * Like {@link Slots}, it remembers the window it is on; positions are addresses, not indices.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr, Views } from "@kmem/memory";
import { checkPrimitive, readPrimitive, writePrimitive } from "./primitive-access.ts";
import type { Kind, Lender, Type } from "./type.ts";

export class Access<T> {
  readonly type: Type<T>;
  readonly lender: Lender;
  readonly memory: Memory;
  readonly allocator: GlobalAlloc;
  /** Whether values own something, so that moving and dropping them needs the type's help. */
  readonly owns: boolean;

  private readonly kind: Kind;
  private readonly direct: boolean;
  private views: Views | undefined = undefined;
  private generation = -1;
  private writable = false;
  /** Address of the window's first byte. */
  private base: Ptr = 0;
  /** Largest distance from `base` at which a whole value lies in the window; −1: there is no window. */
  private reach = -1;
  private firstIndex = 0;

  constructor(type: Type<T>, lender: Lender) {
    this.type = type;
    this.lender = lender;
    this.allocator = lender.allocator;
    this.memory = lender.allocator.memory;
    this.owns = type.drop !== undefined;
    this.kind = type.kind ?? 0;
    this.direct = type.size > 0 && (this.kind !== 0 || (type.readAt !== undefined && type.writeAt !== undefined));
  }

  /** Reads the value at `at`; of a type that owns memory, as a handle borrowed from the lender. */
  read(at: Ptr): T {
    const offset = at - this.base;
    if (offset < 0 || offset > this.reach || this.memory.generation !== this.generation)
      if (!this.seek(at, false)) return this.type.read(this.memory, at, this.lender);
    const index = at - this.base + this.firstIndex;
    return this.kind === 0
      ? this.type.readAt!(this.views!, index)
      : (readPrimitive(this.kind, this.views!, index) as T);
  }

  /** Puts a value into bytes that hold none. @throws ReprError `repr/value` as {@link Slots.set} */
  write(at: Ptr, value: T): void {
    const offset = at - this.base;
    if (offset < 0 || offset > this.reach || !this.writable || this.memory.generation !== this.generation)
      if (!this.seek(at, true)) {
        this.type.write(this.memory, at, value, this.allocator);
        return;
      }
    const index = at - this.base + this.firstIndex;
    if (this.kind === 0) this.type.writeAt!(this.views!, index, value);
    else writePrimitive(this.kind, this.views!, index, value);
  }

  /** Throws what {@link Access.write} would throw for a bad value, and changes nothing. */
  check(value: T): void {
    if (this.kind !== 0) checkPrimitive(this.kind, value);
    else this.type.check?.(value, this.allocator);
  }

  /** Moves the value out: its bytes hold none afterwards. */
  take(at: Ptr): T {
    const { type } = this;
    return type.take === undefined ? this.read(at) : type.take(this.memory, at, this.allocator);
  }

  /** Ends the value at `at`. */
  drop(at: Ptr): void {
    this.type.drop?.(this.memory, at, this.allocator);
  }

  private seek(at: Ptr, forWriting: boolean): boolean {
    this.reach = -1;
    if (!this.direct) return false;
    const shown = this.memory.window(at, forWriting);
    const reach = shown.byteLength - this.type.size;
    if (at - shown.address > reach || ((at - shown.address + shown.firstIndex) & (this.type.align - 1)) !== 0)
      return false;
    this.views = shown.views;
    this.generation = this.memory.generation;
    this.writable = forWriting;
    this.base = shown.address;
    this.firstIndex = shown.firstIndex;
    this.reach = reach;
    return true;
  }
}
