/**
 * Formatting into Strings: Rust's `format!`.
 *
 * @module
 */
import { globalAllocator, type GlobalAlloc } from "@kmem/global-alloc";
import { String } from "../string/string.ts";
import { resolve, writePlaces } from "./format-to.ts";
import { parsePattern } from "./parse-pattern.ts";

/**
 * A new String from a format string and its arguments: Rust's `format!`.
 *
 * @throws FormatError for a bad pattern, or arguments that do not fit it; nothing was allocated then
 * @example
 * const text = format("{0:>4}|{:#06x}|{name:?}", 42, named({ name: "é" }));
 * text.toString() // => "  42|0x002a|\"é\""
 */
export function format(pattern: string, ...args: readonly unknown[]): String {
  return formatIn(globalAllocator(), pattern, ...args);
}

/** {@link format} in another heap. */
export function formatIn(allocator: GlobalAlloc, pattern: string, ...args: readonly unknown[]): String {
  const parsed = parsePattern(pattern);
  const places = resolve(parsed, args);
  const made = String.withCapacityIn(allocator, parsed.capacity);
  try {
    writePlaces(made, parsed, places);
  } catch (error) {
    made.drop();
    throw error;
  }
  return made;
}
