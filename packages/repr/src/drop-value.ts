/**
 * Dropping values that have been taken out of memory.
 *
 * @module
 */

/**
 * Drops every owner in a JavaScript value: the value itself, the elements of an array, the fields of a plain object,
 * in order. Everything else is left alone. It is what Rust does with a local variable at the end of its scope.
 *
 * When a drop throws, the others are dropped all the same, and the first error is thrown in the end.
 *
 * @example dropValue([1, "two", { three: 3 }]) // => undefined
 */
export function dropValue(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const { [Symbol.dispose]: dispose } = value as Partial<Disposable>;
  if (typeof dispose === "function") dispose.call(value);
  else if (Array.isArray(value) || isPlain(value)) dropParts(Object.values(value));
}

/** Drops values one after the other. */
export function dropParts(parts: readonly unknown[], from = 0): void {
  for (let i = from; i < parts.length; i++)
    try {
      dropValue(parts[i]);
    } catch (error) {
      dropParts(parts, i + 1);
      throw error;
    }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
