/**
 * Rust's `unwrap` and `expect` on what may be `undefined`.
 *
 * @module
 */
import { Panic } from "@kmem/memory";

/** The value, if there is one. @throws Panic "called `Option::unwrap()` on a `None` value" @example unwrap(1) // => 1 */
export function unwrap<T>(value: T | undefined): T {
  if (value === undefined) throw new Panic("called `Option::unwrap()` on a `None` value");
  return value;
}

/** The value, if there is one. @throws Panic with `message` @example expect(1, "a number") // => 1 */
export function expect<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new Panic(message);
  return value;
}
