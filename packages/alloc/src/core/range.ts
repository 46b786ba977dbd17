/**
 * Ranges of elements, checked as Rust's slices check them: in another order where a slice is indexed than where a range
 * is handed to a method.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { checkUsize, usizeText } from "./errors.ts";

/**
 * Refuses a range `start..end` of `drain` and its like that is not inside `length`: Rust's `slice::range`.
 *
 * @throws Panic as Rust; ArgumentError when a bound is no usize
 */
export function checkRange(start: number, end: number, length: number): void {
  checkUsize(start, "start");
  checkUsize(end, "end");
  if (end > length) throw endFault(end, length);
  if (start > end) throw startFault(start, end, length);
}

/** Refuses a range `start..=last` that is not inside `length`. @throws as {@link checkRange} */
export function checkRangeInclusive(start: number, last: number, length: number): void {
  checkUsize(start, "start");
  checkUsize(last, "end");
  if (last >= length) throw endFault(last, length);
  checkRange(start, last + 1, length);
}

/** Refuses to index a slice by `start..end` where that is not inside `length`. @throws as {@link checkRange} */
export function checkIndexRange(start: number, end: number, length: number): void {
  checkUsize(start, "start");
  checkUsize(end, "end");
  if (start > length) throw startFault(start, end, length);
  checkRange(start, end, length);
}

/** Refuses to index a slice by `start..=last` where that is not inside `length`. @throws as {@link checkRange} */
export function checkIndexRangeInclusive(start: number, last: number, length: number): void {
  checkUsize(start, "start");
  checkUsize(last, "end");
  if (start > length) throw startFault(start, last, length);
  checkRangeInclusive(start, last, length);
}

function endFault(end: number, length: number): Panic {
  return new Panic(`range end index ${usizeText(end)} out of range for slice of length ${usizeText(length)}`);
}

function startFault(start: number, end: number, length: number): Panic {
  if (start > length)
    return new Panic(`range start index ${usizeText(start)} out of range for slice of length ${usizeText(length)}`);
  return new Panic(`slice index starts at ${usizeText(start)} but ends at ${usizeText(end)}`);
}
