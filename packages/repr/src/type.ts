/**
 * What an element type is: how a value lies in memory, and what must happen when it is copied or goes away.
 *
 * A descriptor is a plain object. The six members without `?` are all that a type of your own needs; the others make
 * it faster (`kind`, `readAt`, `writeAt`), let it own memory (`drop`, `take`, `clone`) or let `option` hide its tag
 * in it (`niche`).
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr, Views } from "@kmem/memory";

/**
 * What a {@link Type.kind} says: which primitive the first bytes are, so that one `switch` reads every type.
 *
 * ```
 *  0 none of these   4 i16   8 f64     12 isize
 *  1 u8              5 u32   9 u64     13 bool
 *  2 i8              6 i32  10 i64     14 char
 *  3 u16             7 f32  11 usize   15 unit
 * ```
 */
export type Kind = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15;

/**
 * Bit patterns that no value of the type has, in one word of it: `option` stores None there.
 *
 * `size` 1 and 4: the word at `offset` is never `first … first + count − 1`. `size` 8: it is never 0.
 */
export interface Niche {
  /** Bytes from the start of the value. */
  readonly offset: number;
  readonly size: 1 | 4 | 8;
  readonly first: number;
  readonly count: number;
}

/** Who lends values that lie in its memory: a collection. A borrowed value asks it whether it is still good. */
export interface Lender {
  readonly allocator: GlobalAlloc;
  /** Changes when values lent before are no longer good. */
  readonly epoch: number;
  /** Throws when the lender itself has been moved, dropped, or changed underneath. */
  assertUsable(): void;
}

/** How values of `T` lie in memory. */
export interface Type<T> {
  /** As Rust writes it: `"u32"`, `"[u8; 24]"`. */
  readonly name: string;
  /** Bytes; a multiple of `align`. */
  readonly size: number;
  /** Bytes; a power of two. */
  readonly align: number;
  /** Gives the value at `at`; of a type that owns memory, a handle borrowed from `lender`. */
  read(memory: Memory, at: Ptr, lender?: Lender): T;
  /**
   * Puts a value into bytes that hold none. Moves it: an owner given here cannot be used afterwards.
   *
   * @throws ReprError `repr/value` when `T` cannot hold it; nothing has changed then
   */
  write(memory: Memory, at: Ptr, value: T, allocator?: GlobalAlloc): void;
  /** Rust's `Ord`: negative, 0 or positive. */
  compare(a: T, b: T): number;

  readonly kind?: Kind;
  readonly niche?: Niche | undefined;
  /** Throws what `write` would throw, and changes nothing. */
  check?(value: T, allocator?: GlobalAlloc): void;
  /** `read`, from typed arrays: `index` counts bytes. Only called when all the bytes are there. */
  readAt?(views: Views, index: number): T;
  /** `write`, likewise; refuses bad values itself. */
  writeAt?(views: Views, index: number, value: T): void;
  /** Ends the value at `at`: frees what it owns. Types without it own nothing and are copied byte by byte. */
  drop?(memory: Memory, at: Ptr, allocator: GlobalAlloc): void;
  /** Moves the value out: its bytes are dead afterwards. Without it, `read`. */
  take?(memory: Memory, at: Ptr, allocator: GlobalAlloc): T;
  /** Rust's `Clone`, from `from` into bytes that hold no value. When it throws, it has undone what it did. */
  clone?(memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void;
  /** Rust's `clone_from`: over the value at `to`, reusing what it owns. Without it: clone, drop the old, move. */
  cloneFrom?(memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void;
}

/** The JavaScript type of a descriptor's values. */
export type Infer<D> = D extends { read(memory: Memory, at: Ptr, lender?: Lender): infer T } ? T : never;

/** Anything with this type's layout, whatever its values are. */
export type AnyType = Type<unknown>;
