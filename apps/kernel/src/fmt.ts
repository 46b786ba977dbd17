/**
 * Rust's format language for `println` and the serial port; it needs no heap.
 *
 * @module
 */
import { FormatError, formatTo, type Write } from "@kmem/alloc";
import { Panic } from "@kmem/memory";

/**
 * Writes `format` with its placeholders filled.
 *
 * @throws {@link Panic} where Rust's compiler refuses: the placeholders and the arguments do not fit; nothing is written then
 */
export function formatArguments(out: Write, format: string, args: readonly unknown[]): void {
  try {
    formatTo(out, format, ...args);
  } catch (error) {
    throw error instanceof FormatError ? new Panic(error.message) : error;
  }
}
