/**
 * String and `Box<str>` as types of elements.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { readPtr, WORD, type Type } from "@kmem/repr";
import { ownerType } from "../core/owner-type.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR, VEC_SIZE } from "../vec/vec-core.ts";
import { BoxedStr, String } from "./string.ts";

/** The type of a String that is an element. @example string.size // => 24 */
export const string: Type<String> = ownerType<String>({
  name: "String",
  size: VEC_SIZE,
  niche: CAPACITY_NICHE,
  is: (value) => value instanceof String,
  borrow: (loan) => String.borrow(loan),
  adopt,
  compare: (a, b) => a.compareTo(b),
  clone(memory, from, to, allocator) {
    const source = adopt(memory, from, allocator);
    const copy = source.clone();
    source.moveTo(from);
    copy.moveTo(to);
  },
  cloneFrom(memory, from, to, allocator) {
    const source = adopt(memory, from, allocator);
    const target = adopt(memory, to, allocator);
    try {
      target.cloneFrom(source);
    } finally {
      target.moveTo(to);
      source.moveTo(from);
    }
  },
});

/** The type of a boxed text that is an element. @example boxStr.size // => 16 */
export const boxStr: Type<BoxedStr> = ownerType<BoxedStr>({
  name: "Box<str>",
  size: 2 * WORD,
  niche: { offset: 0, size: 8, first: 0, count: 1 },
  is: (value) => value instanceof BoxedStr,
  borrow: (loan) => BoxedStr.borrow(loan),
  adopt: (memory, at, allocator) => BoxedStr.fromRaw(readPtr(memory, at), memory.readUsize(at + WORD), allocator),
  compare: (a, b) => a.compareTo(b),
  clone(memory, from, to, allocator) {
    const source = BoxedStr.fromRaw(readPtr(memory, from), memory.readUsize(from + WORD), allocator);
    const copy = source.clone();
    source.moveTo(from);
    copy.moveTo(to);
  },
});

function adopt(memory: Memory, at: Ptr, allocator: GlobalAlloc): String {
  const length = memory.readUsize(at + VEC_LENGTH);
  return String.fromRawParts(readPtr(memory, at + VEC_PTR), length, memory.readUsize(at), allocator);
}
