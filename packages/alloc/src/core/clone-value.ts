/**
 * Cloning values that have been read out of memory.
 *
 * @module
 */
import { Owner } from "./owner.ts";

/**
 * A clone of a JavaScript value: owners (borrowed or not) are cloned, arrays and plain objects element by element;
 * everything else is the value itself.
 *
 * @throws what an owner's `clone` throws; what was cloned before is dropped then
 */
export function cloneOf<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Owner) return value.clone() as T;
  if (value instanceof Uint8Array) return value.slice() as T;
  if (Array.isArray(value)) return cloneAll(value, (v) => v) as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy: Record<string, unknown> = {};
  const names = Object.keys(value);
  cloneAll(names, (name) => (value as Record<string, unknown>)[name]).forEach((field, i) => {
    copy[names[i]!] = field;
  });
  return copy as T;
}

function cloneAll<K>(keys: readonly K[], valueOf: (key: K) => unknown): unknown[] {
  const clones: unknown[] = [];
  try {
    for (const key of keys) clones.push(cloneOf(valueOf(key)));
  } catch (error) {
    for (const clone of clones) if (clone instanceof Owner) clone[Symbol.dispose]();
    throw error;
  }
  return clones;
}
