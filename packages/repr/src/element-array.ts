/**
 * Which typed array primitives of a kind lie in.
 *
 * @module
 */
import type { Views } from "@kmem/memory";
import type { Kind } from "./type.ts";

/** Typed arrays of numbers. */
export type NumberArray =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** Typed arrays that primitives lie in. */
export type ElementArray = NumberArray | BigUint64Array | BigInt64Array;

/** The typed array for a kind; that of bytes for what is no primitive. */
export function arrayOf(kind: Kind, views: Views): ElementArray {
  switch (kind) {
    case 2:
      return views.i8;
    case 3:
      return views.u16;
    case 4:
      return views.i16;
    case 5:
    case 14:
      return views.u32;
    case 6:
      return views.i32;
    case 7:
      return views.f32;
    case 8:
      return views.f64;
    case 9:
    case 11:
      return views.u64;
    case 10:
    case 12:
      return views.i64;
    default:
      return views.u8;
  }
}
