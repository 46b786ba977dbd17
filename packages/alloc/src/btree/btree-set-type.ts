/**
 * BTreeSet as a type of elements.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { readPtr, WORD, type Type } from "@kmem/repr";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { BTreeSet } from "./btree-set.ts";
import { BTREE_SIZE } from "./collection.ts";

/** The type of a set that is an element. @example btreeSet(u32).name // => "BTreeSet<u32>" */
export const btreeSet: <T>(element: Type<T>) => Type<BTreeSet<T>> = perType((element) => {
  const adopt = (memory: Memory, at: Ptr, allocator: GlobalAlloc): BTreeSet<unknown> =>
    BTreeSet.fromRawParts(
      element,
      readPtr(memory, at),
      memory.readUsize(at + WORD),
      memory.readUsize(at + 2 * WORD),
      allocator,
    );
  return ownerType<BTreeSet<unknown>>({
    get name() {
      return `BTreeSet<${element.name}>`;
    },
    size: BTREE_SIZE,
    is: (value) => value instanceof BTreeSet && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => BTreeSet.borrow(element, loan),
    adopt,
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const source = adopt(memory, from, allocator);
      try {
        source.clone().moveTo(to);
      } finally {
        source.intoRawParts();
      }
    },
  });
}) as <T>(element: Type<T>) => Type<BTreeSet<T>>;
