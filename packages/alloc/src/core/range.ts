/**
 * Ranges of elements, checked as Rust's slices check them.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { checkUsize, usizeText } from "./errors.ts";

/**
 * Refuses a range `start..end` that is not inside `length`.
 *
 * @throws Panic as Rust's slice indexing; ArgumentError when a bound is no usize
 */
export function checkRange(start: number, end: number, length: number): void {
  checkUsize(start, "start");
  checkUsize(end, "end");
  if (start > length)
    throw new Panic(`range start index ${usizeText(start)} out of range for slice of length ${usizeText(length)}`);
  if (end > length)
    throw new Panic(`range end index ${usizeText(end)} out of range for slice of length ${usizeText(length)}`);
  if (start > end) throw new Panic(`slice index starts at ${usizeText(start)} but ends at ${usizeText(end)}`);
}

/** Refuses a range `start..=last` that is not inside `length`. @throws as {@link checkRange} */
export function checkRangeInclusive(start: number, last: number, length: number): void {
  checkUsize(start, "start");
  checkUsize(last, "end");
  if (start <= length && last >= length)
    throw new Panic(`range end index ${usizeText(last)} out of range for slice of length ${usizeText(length)}`);
  checkRange(start, last + 1, length);
}
