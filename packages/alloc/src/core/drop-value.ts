/**
 * Dropping values that have been taken out of memory.
 *
 * @module
 */

/**
 * Drops every owner in a JavaScript value: the value itself, the elements of an array, the fields of a plain object,
 * in order. Everything else is left alone. It is what Rust does with a local variable at the end of its scope.
 *
 * @example dropValue([1, "two", { three: 3 }]) // => undefined
 */
export function dropValue(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  const { [Symbol.dispose]: dispose } = value as Partial<Disposable>;
  if (typeof dispose === "function") {
    dispose.call(value);
    return;
  }
  if (ArrayBuffer.isView(value)) return;
  if (!Array.isArray(value) && !isPlain(value)) return;
  for (const inner of Object.values(value)) dropValue(inner);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
