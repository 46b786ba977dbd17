/** Types with values that they hold, values that they refuse, and their layout. */
import fc from "fast-check";
import {
  array,
  bool,
  byteArray,
  char,
  enumOf,
  f32,
  f64,
  i16,
  i32,
  i64,
  i8,
  isize,
  nonZero,
  option,
  result,
  reverse,
  struct,
  tuple,
  u16,
  u32,
  u64,
  u8,
  unit,
  usize,
  type Type,
} from "../src/index.ts";

export interface Sample {
  readonly type: Type<unknown>;
  /** Bytes: size and alignment, as rustc 1.95 gives them. */
  readonly layout: readonly [size: number, align: number];
  readonly values: fc.Arbitrary<unknown>;
  readonly wrong: readonly unknown[];
}

function sample<T>(
  type: Type<T>,
  layout: readonly [number, number],
  values: fc.Arbitrary<T>,
  wrong: readonly unknown[],
): Sample {
  return { type: type, layout, values, wrong };
}

const integer = (bits: number, signed: boolean): fc.Arbitrary<number> =>
  fc.integer(signed ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 });
const noNumbers = [undefined, null, "1", {}, [], true, 1n, NaN, Infinity, 0.5];
const scalar = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10_ffff }))
  .map((code) => String.fromCodePoint(code));

export const samples: readonly Sample[] = [
  sample(u8, [1, 1], integer(8, false), [...noNumbers, -1, 256]),
  sample(i8, [1, 1], integer(8, true), [...noNumbers, -129, 128]),
  sample(u16, [2, 2], integer(16, false), [...noNumbers, -1, 65_536]),
  sample(i16, [2, 2], integer(16, true), [...noNumbers, -32_769, 32_768]),
  sample(u32, [4, 4], integer(32, false), [...noNumbers, -1, 2 ** 32]),
  sample(i32, [4, 4], integer(32, true), [...noNumbers, 2 ** 31, -(2 ** 31) - 1]),
  sample(u64, [8, 8], fc.bigInt(0n, 2n ** 64n - 1n), [undefined, null, "1", {}, 1, -1n, 2n ** 64n]),
  sample(i64, [8, 8], fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), [undefined, 1, 2n ** 63n, -(2n ** 63n) - 1n]),
  sample(usize, [8, 8], fc.maxSafeNat(), [...noNumbers, -1, 2 ** 53]),
  sample(isize, [8, 8], fc.maxSafeInteger(), [...noNumbers, 2 ** 53, -(2 ** 53)]),
  sample(
    f32,
    [4, 4],
    fc.float().map((value) => (Number.isNaN(value) ? NaN : value)),
    [undefined, null, "1", 1n],
  ),
  sample(f64, [8, 8], fc.double(), [undefined, null, "1", 1n]),
  sample(bool, [1, 1], fc.boolean(), [undefined, null, 0, 1, "true"]),
  sample(char, [4, 4], scalar, [undefined, 65, "", "ab", "\ud800", "\udfff"]),
  sample(unit, [0, 1], fc.constant([] as const), [undefined, null, 0, [1]]),
  sample(nonZero(u8), [1, 1], fc.integer({ min: 1, max: 255 }), [0, 256, -1]),
  sample(array(u32, 3), [12, 4], fc.array(integer(32, false), { minLength: 3, maxLength: 3 }), [
    undefined,
    [],
    [1, 2],
    [1, 2, 3, 4],
    [1, 2, -1],
  ]),
  sample(byteArray(24), [24, 1], fc.uint8Array({ minLength: 24, maxLength: 24 }), [undefined, [], new Uint8Array(23)]),
  sample(
    struct({ a: u32, b: u64, c: u8 }),
    [24, 8],
    fc.record({ a: integer(32, false), b: fc.bigInt(0n, 2n ** 64n - 1n), c: integer(8, false) }),
    [undefined, null, 1, {}, { a: 1, b: 1n }, { a: 1, b: 1n, c: 256 }, { a: -1, b: 1n, c: 1 }],
  ),
  sample(
    struct({ a: u32, b: u64, c: u8 }, { order: "Rust" }),
    [16, 8],
    fc.record({ a: integer(32, false), b: fc.bigInt(0n, 2n ** 64n - 1n), c: integer(8, false) }),
    [{ a: 1, b: 1, c: 1 }],
  ),
  sample(tuple(u8, u32), [8, 4], fc.tuple(integer(8, false), integer(32, false)), [undefined, [], [1], [1, 2, 3]]),
  sample(tuple(u32, u8, u16), [8, 4], fc.tuple(integer(32, false), integer(8, false), integer(16, false)), [
    [1, 2, 65_536],
  ]),
  sample(option(u8), [2, 1], fc.option(integer(8, false)), [undefined, 256]),
  sample(option(u32), [8, 4], fc.option(integer(32, false)), [undefined, -1]),
  sample(option(u64), [16, 8], fc.option(fc.bigInt(0n, 2n ** 64n - 1n)), [1]),
  sample(option(char), [4, 4], fc.option(scalar), ["ab"]),
  sample(option(bool), [1, 1], fc.option(fc.boolean()), [1]),
  sample(option(nonZero(u8)), [1, 1], fc.option(fc.integer({ min: 1, max: 255 })), [0]),
  sample(
    result(unit, unit),
    [1, 1],
    fc.constantFrom({ tag: "Ok", value: [] as const }, { tag: "Err", value: [] as const }),
    [undefined, { tag: "Maybe", value: [] }],
  ),
  sample(
    enumOf({ Nothing: unit, Small: u8, Large: u32 }),
    [8, 4],
    fc.oneof(
      fc.constant({ tag: "Nothing" as const, value: [] as const }),
      fc.record({ tag: fc.constant("Small" as const), value: integer(8, false) }),
      fc.record({ tag: fc.constant("Large" as const), value: integer(32, false) }),
    ),
    [undefined, { tag: "Small", value: 256 }, { tag: "small", value: 1 }],
  ),
  sample(reverse(u32), [4, 4], integer(32, false), [-1]),
];
