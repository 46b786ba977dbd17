/**
 * The primitive types, with Rust's names and layouts on x86_64.
 *
 * ```
 *   u8 i8 bool   1        u64 i64 f64 usize isize   8
 *   u16 i16      2        char (a u32)              4
 *   u32 i32 f32  4        unit                      0, align 1
 * ```
 * `u64` and `i64` are bigint in JavaScript; everything else is a number, `bool` a boolean, `char` a string of one
 * Unicode scalar value, `unit` the empty array. Numbers out of range are refused, never wrapped.
 *
 * @see https://doc.rust-lang.org/reference/type-layout.html#primitive-data-layout
 * @module
 */
import type { Memory, Ptr, Views } from "@kmem/memory";
import {
  boolOf,
  charOf,
  checkPrimitive,
  isizeOf,
  readPrimitive,
  UNIT,
  usizeOf,
  writePrimitive,
} from "./primitive-access.ts";
import type { AnyType, Kind, Niche, Type } from "./type.ts";

/** A {@link Type} that is one primitive. */
export interface Primitive<T> extends Type<T> {
  readonly kind: Kind;
  readAt(views: Views, index: number): T;
  writeAt(views: Views, index: number, value: T): void;
  check(value: T): void;
}

type Get<T> = (memory: Memory, at: Ptr) => T;
type Put<T> = (memory: Memory, at: Ptr, value: T) => void;

export const u8: Primitive<number> = primitive(
  "u8",
  1,
  1,
  (m, at) => m.readU8(at),
  (m, at, v) => m.writeU8(at, v),
);
export const i8: Primitive<number> = primitive(
  "i8",
  1,
  2,
  (m, at) => (m.readU8(at) << 24) >> 24,
  (m, at, v) => m.writeU8(at, v),
);
export const u16: Primitive<number> = primitive(
  "u16",
  2,
  3,
  (m, at) => m.readU16(at),
  (m, at, v) => m.writeU16(at, v),
);
export const i16: Primitive<number> = primitive(
  "i16",
  2,
  4,
  (m, at) => (m.readU16(at) << 16) >> 16,
  (m, at, v) => m.writeU16(at, v),
);
export const u32: Primitive<number> = primitive(
  "u32",
  4,
  5,
  (m, at) => m.readU32(at),
  (m, at, v) => m.writeU32(at, v),
);
export const i32: Primitive<number> = primitive(
  "i32",
  4,
  6,
  (m, at) => m.readU32(at) | 0,
  (m, at, v) => m.writeU32(at, v),
);
/** Compared by Rust's `total_cmp`: −0 below 0, NaN above everything. */
export const f32: Primitive<number> = primitive(
  "f32",
  4,
  7,
  (m, at) => m.readF32(at),
  (m, at, v) => m.writeF32(at, v),
);
/** Compared by Rust's `total_cmp`: −0 below 0, NaN above everything. */
export const f64: Primitive<number> = primitive(
  "f64",
  8,
  8,
  (m, at) => m.readF64(at),
  (m, at, v) => m.writeF64(at, v),
);
export const u64: Primitive<bigint> = primitive(
  "u64",
  8,
  9,
  (m, at) => m.readU64(at),
  (m, at, v) => m.writeU64(at, v),
);
export const i64: Primitive<bigint> = primitive(
  "i64",
  8,
  10,
  (m, at) => BigInt.asIntN(64, m.readU64(at)),
  (m, at, v) => m.writeU64(at, BigInt.asUintN(64, v)),
);
/** A number: 0 … 2^53 − 1; reading a larger one throws. */
export const usize: Primitive<number> = primitive(
  "usize",
  8,
  11,
  (m, at) => usizeOf(m.readU32(at), m.readU32(at + 4)),
  (m, at, v) => m.writeUsize(at, v),
);
/** A number within ±(2^53 − 1); reading a larger one throws. */
export const isize: Primitive<number> = primitive(
  "isize",
  8,
  12,
  (m, at) => isizeOf(m.readU32(at), m.readU32(at + 4) | 0),
  (m, at, v) => {
    m.writeU32(at, v >>> 0);
    m.writeU32(at + 4, Math.floor(v / 0x1_0000_0000) >>> 0);
  },
);
export const bool: Primitive<boolean> = primitive(
  "bool",
  1,
  13,
  (m, at) => boolOf(m.readU8(at)),
  (m, at, v) => m.writeU8(at, v ? 1 : 0),
  { offset: 0, size: 1, first: 2, count: 254 },
);
/** A string of one Unicode scalar value. */
export const char: Primitive<string> = primitive(
  "char",
  4,
  14,
  (m, at) => charOf(m.readU32(at)),
  (m, at, v) => m.writeU32(at, v.codePointAt(0)!),
  { offset: 0, size: 4, first: 0x11_0000, count: 0xffef_0000 },
);
/** Rust's `()`: no bytes; its value is the empty array {@link UNIT}. */
export const unit: Primitive<readonly []> = {
  ...primitive<readonly []>(
    "()",
    0,
    15,
    () => UNIT,
    () => undefined,
  ),
  align: 1,
};

function primitive<T>(name: string, size: number, kind: Kind, get: Get<T>, put: Put<T>, niche?: Niche): Primitive<T> {
  return {
    name,
    size,
    align: size,
    kind,
    niche,
    read: get,
    write(memory, at, value) {
      checkPrimitive(kind, value);
      put(memory, at, value);
    },
    compare:
      kind === 7 || kind === 8 ? (compareFloats as (a: T, b: T) => number) : kind === 14 ? compareChars : comparePlain,
    check: (value) => checkPrimitive(kind, value),
    readAt: (views, index) => readPrimitive(kind, views, index) as T,
    writeAt: (views, index, value) => writePrimitive(kind, views, index, value),
  };
}

const naturalOrders: ReadonlySet<unknown> = new Set<unknown>([comparePlain, compareFloats]);

/** Whether a primitive is ordered as JavaScript's typed arrays sort it. */
export function isNaturallyOrdered(type: AnyType): boolean {
  const { kind = 0 } = type;
  return kind > 0 && kind <= 13 && naturalOrders.has(Reflect.get(type, "compare"));
}

/** Orders that are the natural one the other way round; `reverse` tells them. */
const reversedOrders = new WeakSet();

/** Says that `compare` is the order of `inner` the other way round. */
export function noteReversed(inner: AnyType, compare: object): void {
  if (isNaturallyOrdered(inner)) reversedOrders.add(compare);
}

/** Whether a primitive is ordered by `reverse` alone, the other way round than JavaScript's typed arrays sort it. */
export function isReverselyOrdered(type: AnyType): boolean {
  const { kind = 0 } = type;
  return kind > 0 && kind <= 13 && reversedOrders.has(Reflect.get(type, "compare"));
}

function comparePlain(a: unknown, b: unknown): number {
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

/** JavaScript compares strings by UTF-16 unit, which puts U+10000 before U+E000. */
function compareChars(a: unknown, b: unknown): number {
  return (a as string).codePointAt(0)! - (b as string).codePointAt(0)!;
}

/** Rust's `total_cmp`, except that JavaScript cannot tell one NaN from another: all are equal, above +∞. */
export function compareFloats(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return a !== 0 || Object.is(a, b) ? 0 : Object.is(a, -0) ? -1 : 1;
  // At least one is NaN.
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
