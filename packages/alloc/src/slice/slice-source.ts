/**
 * Where elements can be copied from: slices in memory, arrays and typed arrays.
 *
 * @module
 */
import { ArgumentError } from "../core/errors.ts";
import type { SliceBase } from "./slice-base.ts";
import { SliceRead } from "./slice-read.ts";

/** Whether a source of elements is a slice in memory rather than a JavaScript array. */
export function isSlice<T>(source: ArrayLike<T> | SliceBase<T>): source is SliceBase<T> {
  return source instanceof SliceRead;
}

/** @throws ArgumentError `alloc/argument` for what is neither a slice nor like an array */
export function requireSource(source: unknown): void {
  if (source instanceof SliceRead) return;
  const { length } = (source ?? {}) as { readonly length?: unknown };
  if (typeof source !== "object" || !Number.isSafeInteger(length) || (length as number) < 0)
    throw new ArgumentError("alloc/argument", "expected a Vec, a slice, an array or a typed array", source);
}

/** Whether a typed array holds exactly what elements of this kind are, so that it can be copied as it is. */
export function isSameTypedArray(source: unknown, kind: number): boolean {
  switch (kind) {
    case 1:
      return source instanceof Uint8Array || source instanceof Uint8ClampedArray;
    case 2:
      return source instanceof Int8Array;
    case 3:
      return source instanceof Uint16Array;
    case 4:
      return source instanceof Int16Array;
    case 5:
      return source instanceof Uint32Array;
    case 6:
      return source instanceof Int32Array;
    case 7:
      return source instanceof Float32Array;
    case 8:
      return source instanceof Float64Array;
    case 9:
      return source instanceof BigUint64Array;
    case 10:
      return source instanceof BigInt64Array;
    default:
      return false;
  }
}
