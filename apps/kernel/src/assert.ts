/**
 * Rust's assertions.
 *
 * @module
 */
import { Panic } from "@kmem/memory";

/** `assert_eq!`. @throws {@link Panic} with both values when they differ */
export function assertEq<T extends number | bigint | string | boolean>(left: T, right: T): void {
  if (left !== right) throw new Panic(`assertion \`left == right\` failed\n  left: ${left}\n right: ${right}`);
}
