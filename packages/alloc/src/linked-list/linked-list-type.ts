/**
 * LinkedList as a type of elements.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { readPtr, WORD, type Type } from "@kmem/repr";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { LinkedList } from "./linked-list.ts";
import { LIST_SIZE } from "./nodes.ts";

/** The type of a LinkedList that is an element. @example linkedList(u8).name // => "LinkedList<u8>" */
export const linkedList: <T>(element: Type<T>) => Type<LinkedList<T>> = perType((element) =>
  ownerType<LinkedList<unknown>>({
    get name() {
      return `LinkedList<${element.name}>`;
    },
    size: LIST_SIZE,
    is: (value) => value instanceof LinkedList && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => LinkedList.borrow(element, loan),
    adopt: (memory, at, allocator) => adopt(element, memory, at, allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const source = adopt(element, memory, from, allocator);
      try {
        source.clone().moveTo(to);
      } finally {
        source.intoRawParts();
      }
    },
    cloneFrom(memory, from, to, allocator) {
      const source = adopt(element, memory, from, allocator);
      const target = adopt(element, memory, to, allocator);
      try {
        target.cloneFrom(source);
      } finally {
        target.moveTo(to);
        source.intoRawParts();
      }
    },
  }),
) as <T>(element: Type<T>) => Type<LinkedList<T>>;

function adopt<T>(element: Type<T>, memory: Memory, at: Ptr, allocator: GlobalAlloc): LinkedList<T> {
  const length = memory.readUsize(at + 2 * WORD);
  return LinkedList.fromRawParts(element, readPtr(memory, at), readPtr(memory, at + WORD), length, allocator);
}
