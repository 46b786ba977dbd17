/**
 * Typed arrays that hold what elements hold, for taking numbers out in bulk.
 *
 * @module
 */
import type { Type } from "@kmem/repr";
import { ArgumentError } from "../core/errors.ts";

/** The typed arrays that elements of a JavaScript type can be copied to; which one, the element type says. */
export type TypedArrayOf<T> = T extends bigint
  ? BigUint64Array | BigInt64Array
  : T extends number
    ? Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array
    : never;

/** By {@link Type.kind}, from 1 on. */
const CLASSES = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
] as const;

/** Says that a typed array holds what this type's elements hold. @throws ArgumentError `alloc/argument` when none does */
export function requireTypedArray(type: Type<unknown>): void {
  const { kind = 0 } = type;
  if (kind < 1 || kind > CLASSES.length)
    throw new ArgumentError("alloc/argument", `expected elements that a typed array can hold, not ${type.name}`, type);
}

/** Elements' bytes as a typed array; {@link requireTypedArray} was called. */
export function asTypedArray<T>(type: Type<T>, bytes: Uint8Array): TypedArrayOf<T> {
  return new CLASSES[(type.kind ?? 0) - 1]!(bytes.buffer as ArrayBuffer) as unknown as TypedArrayOf<T>;
}
