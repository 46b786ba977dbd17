/**
 * Reading and writing primitives in typed arrays: the one place with a `switch` on the kind that structs, arrays and
 * nodes share. ({@link Slots} has its own for elements that lie side by side.)
 *
 * One class of code for all types keeps the engine's type feedback in one shape: measured, a `read` method per type
 * costs four times as much as soon as a program uses eight types.
 *
 * @module
 */
import type { Views } from "@kmem/memory";
import { ReprError, wrongValue } from "./errors.ts";
import type { Kind } from "./type.ts";

const TWO_32 = 0x1_0000_0000;
const HIGH_LIMIT = 0x20_0000;
const MAX_CHAR = 0x10_ffff;

/** The one value of `unit`: Rust's `()`, the tuple of nothing. */
export const UNIT: readonly [] = Object.freeze([] as const);

/** @param index - bytes; a multiple of the primitive's alignment */
export function readPrimitive(kind: Kind, views: Views, index: number): unknown {
  switch (kind) {
    case 1:
      return views.u8[index];
    case 2:
      return views.i8[index];
    case 3:
      return views.u16[index >>> 1];
    case 4:
      return views.i16[index >>> 1];
    case 5:
      return views.u32[index >>> 2];
    case 6:
      return views.i32[index >>> 2];
    case 7:
      return views.f32[index >>> 2];
    case 8:
      return views.f64[index >>> 3];
    case 9:
      return views.u64[index >>> 3];
    case 10:
      return views.i64[index >>> 3];
    case 11:
      return usizeOf(views.u32[index >>> 2]!, views.u32[(index >>> 2) + 1]!);
    case 12:
      return isizeOf(views.u32[index >>> 2]!, views.i32[(index >>> 2) + 1]!);
    case 13:
      return boolOf(views.u8[index]!);
    case 14:
      return charOf(views.u32[index >>> 2]!);
    default:
      return UNIT;
  }
}

/** @throws {@link ReprError} `repr/value` when the primitive cannot hold `value` */
export function writePrimitive(kind: Kind, views: Views, index: number, value: unknown): void {
  checkPrimitive(kind, value);
  switch (kind) {
    case 1:
      views.u8[index] = value as number;
      break;
    case 2:
      views.i8[index] = value as number;
      break;
    case 3:
      views.u16[index >>> 1] = value as number;
      break;
    case 4:
      views.i16[index >>> 1] = value as number;
      break;
    case 5:
      views.u32[index >>> 2] = value as number;
      break;
    case 6:
      views.i32[index >>> 2] = value as number;
      break;
    case 7:
      views.f32[index >>> 2] = value as number;
      break;
    case 8:
      views.f64[index >>> 3] = value as number;
      break;
    case 9:
      views.u64[index >>> 3] = value as bigint;
      break;
    case 10:
      views.i64[index >>> 3] = value as bigint;
      break;
    case 11:
    case 12:
      views.u32[index >>> 2] = value as number;
      views.u32[(index >>> 2) + 1] = Math.floor((value as number) / TWO_32);
      break;
    case 13:
      views.u8[index] = value === true ? 1 : 0;
      break;
    case 14:
      views.u32[index >>> 2] = (value as string).codePointAt(0)!;
      break;
    default:
      break;
  }
}

/** @throws {@link ReprError} `repr/value` when the primitive cannot hold `value` */
export function checkPrimitive(kind: Kind, value: unknown): void {
  if (!fits(kind, value)) wrongValue(EXPECTED[kind]!, value);
}

/** What each kind accepts, for messages. */
export const EXPECTED: readonly string[] = [
  "a value",
  "u8 (0 … 255)",
  "i8 (−128 … 127)",
  "u16 (0 … 65535)",
  "i16 (−32768 … 32767)",
  "u32 (0 … 2^32 − 1)",
  "i32 (−2^31 … 2^31 − 1)",
  "f32 (a number)",
  "f64 (a number)",
  "u64 (a bigint, 0 … 2^64 − 1)",
  "i64 (a bigint, −2^63 … 2^63 − 1)",
  "usize (0 … 2^53 − 1)",
  "isize (−(2^53 − 1) … 2^53 − 1)",
  "bool (true or false)",
  "char (a string of one Unicode scalar value)",
  "unit (an empty array)",
];

/** Whether a primitive of this kind can hold `value`. */
export function fits(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 1:
      return typeof value === "number" && (value & 0xff) === value;
    case 2:
      return typeof value === "number" && (value << 24) >> 24 === value;
    case 3:
      return typeof value === "number" && (value & 0xffff) === value;
    case 4:
      return typeof value === "number" && (value << 16) >> 16 === value;
    case 5:
      return typeof value === "number" && value >>> 0 === value;
    case 6:
      return typeof value === "number" && (value | 0) === value;
    case 7:
    case 8:
      return typeof value === "number";
    case 9:
      return typeof value === "bigint" && value >= 0n && value <= 0xffff_ffff_ffff_ffffn;
    case 10:
      return typeof value === "bigint" && value >= -0x8000_0000_0000_0000n && value <= 0x7fff_ffff_ffff_ffffn;
    case 11:
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 12:
      return Number.isSafeInteger(value);
    case 13:
      return value === true || value === false;
    case 14:
      return isChar(value);
    case 15:
      return Array.isArray(value) && value.length === 0;
    default:
      return true;
  }
}

/** @throws {@link ReprError} `repr/bytes` when it is 2^53 or more */
export function usizeOf(low: number, high: number): number {
  if (high >= HIGH_LIMIT) throw new ReprError("repr/bytes", "a usize of 2^53 or more has no exact JavaScript number");
  return high * TWO_32 + low;
}

/** @throws {@link ReprError} `repr/bytes` when it is beyond ±2^53 */
export function isizeOf(low: number, high: number): number {
  if (high >= HIGH_LIMIT || high < -HIGH_LIMIT)
    throw new ReprError("repr/bytes", "an isize beyond ±2^53 has no exact JavaScript number");
  return high * TWO_32 + low;
}

/** @throws {@link ReprError} `repr/bytes` when the byte is neither 0 nor 1 */
export function boolOf(byte: number): boolean {
  if (byte > 1) throw new ReprError("repr/bytes", `a bool is 0 or 1, not ${byte}`, byte);
  return byte === 1;
}

/** @throws {@link ReprError} `repr/bytes` when the number is no Unicode scalar value */
export function charOf(code: number): string {
  if (code > MAX_CHAR || (code >= 0xd800 && code < 0xe000))
    throw new ReprError("repr/bytes", `a char is a Unicode scalar value, not 0x${code.toString(16)}`, code);
  return String.fromCodePoint(code);
}

function isChar(value: unknown): boolean {
  if (typeof value !== "string" || value.length === 0 || value.length > 2) return false;
  const code = value.codePointAt(0)!;
  return (code < 0xd800 || code >= 0xe000) && value.length === (code > 0xffff ? 2 : 1);
}
