/**
 * A BinaryHeap as an element type, so that it can lie in other collections.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { readPtr, type Type } from "@kmem/repr";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR, VEC_SIZE } from "../vec/vec-core.ts";
import { BinaryHeap } from "./binary-heap.ts";

/** The type of a BinaryHeap that is an element. @example binaryHeap(u8).name // => "BinaryHeap<u8>" */
export const binaryHeap: <T>(element: Type<T>) => Type<BinaryHeap<T>> = perType((element) =>
  ownerType<BinaryHeap<unknown>>({
    get name() {
      return `BinaryHeap<${element.name}>`;
    },
    size: VEC_SIZE,
    niche: CAPACITY_NICHE,
    is: (value) => value instanceof BinaryHeap && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => BinaryHeap.borrow(element, loan),
    adopt: (memory, at, allocator) => adopt(element, memory, at, allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const source = adopt(element, memory, from, allocator);
      try {
        source.clone().moveTo(to);
      } finally {
        source.moveTo(from);
      }
    },
  }),
) as <T>(element: Type<T>) => Type<BinaryHeap<T>>;

function adopt<T>(element: Type<T>, memory: Memory, at: Ptr, allocator: GlobalAlloc): BinaryHeap<T> {
  const length = memory.readUsize(at + VEC_LENGTH);
  return BinaryHeap.fromRawParts(element, readPtr(memory, at + VEC_PTR), length, memory.readUsize(at), allocator);
}
