/**
 * Vec and boxed slices as element types, so that they can lie in other collections: `vec(vec(u8))`.
 *
 * @module
 */
import { handleAllocError, Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { NULL, type Memory, type Ptr } from "@kmem/memory";
import { cloneValues, readPtr, WORD, type Type } from "@kmem/repr";
import { ownerType, perType, sameType } from "../core/owner-type.ts";
import { BoxedSlice, Vec } from "./vec.ts";
import { CAPACITY_NICHE, VEC_LENGTH, VEC_PTR, VEC_SIZE } from "./vec-core.ts";

/** The type of a Vec that is an element. */
export interface VecType<T> extends Type<Vec<T>> {
  readonly element: Type<T>;
}

/** The type of a Vec that is an element. @example vec(vec(u8)).name // => "Vec<Vec<u8>>" */
export const vec: <T>(element: Type<T>) => VecType<T> = perType((element) => {
  const type = ownerType<Vec<unknown>>({
    get name() {
      return `Vec<${element.name}>`;
    },
    size: VEC_SIZE,
    niche: CAPACITY_NICHE,
    is: (value) => value instanceof Vec && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => Vec.borrow(element, loan),
    adopt: (memory, at, allocator) => adoptVec(element, memory, at, allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const length = memory.readUsize(from + VEC_LENGTH);
      const block = cloneBlock(element, memory, readPtr(memory, from + VEC_PTR), length, allocator);
      Vec.fromRawParts(element, block, length, length, allocator).moveTo(to);
    },
    cloneFrom(memory, from, to, allocator) {
      const source = adoptVec(element, memory, from, allocator);
      const target = adoptVec(element, memory, to, allocator);
      try {
        target.cloneFrom(source);
      } finally {
        target.moveTo(to);
        source.moveTo(from);
      }
    },
  });
  return Object.assign(type, { element });
}) as <T>(element: Type<T>) => VecType<T>;

/** The type of a boxed slice that is an element. @example boxSlice(u8).size // => 16 */
export const boxSlice: <T>(element: Type<T>) => Type<BoxedSlice<T>> = perType((element) =>
  ownerType<BoxedSlice<unknown>>({
    get name() {
      return `Box<[${element.name}]>`;
    },
    size: 2 * WORD,
    niche: { offset: 0, size: 8, first: 0, count: 1 },
    is: (value) => value instanceof BoxedSlice && sameType(value.type as Type<unknown>, element),
    borrow: (loan) => BoxedSlice.borrow(element, loan),
    adopt: (memory, at, allocator) =>
      BoxedSlice.fromRaw(element, readPtr(memory, at), memory.readUsize(at + WORD), allocator),
    compare: (a, b) => a.compareTo(b),
    clone(memory, from, to, allocator) {
      const length = memory.readUsize(from + WORD);
      const block = cloneBlock(element, memory, readPtr(memory, from), length, allocator);
      BoxedSlice.fromRaw(element, block, length, allocator).moveTo(to);
    },
  }),
) as <T>(element: Type<T>) => Type<BoxedSlice<T>>;

function adoptVec<T>(element: Type<T>, memory: Memory, at: Ptr, allocator: GlobalAlloc): Vec<T> {
  const length = memory.readUsize(at + VEC_LENGTH);
  return Vec.fromRawParts(element, readPtr(memory, at + VEC_PTR), length, memory.readUsize(at), allocator);
}

/** A block of clones, exactly as large as needed; nothing is left of it when an element cannot be cloned. */
function cloneBlock(element: Type<unknown>, memory: Memory, from: Ptr, count: number, allocator: GlobalAlloc): Ptr {
  const layout = Layout.array(element, count);
  if (layout.size === 0) {
    cloneValues(element, memory, from, element.align, count, allocator);
    return element.align;
  }
  const block = allocator.alloc(layout);
  if (block === NULL) handleAllocError(layout);
  try {
    cloneValues(element, memory, from, block, count, allocator);
  } catch (error) {
    allocator.dealloc(block, layout);
    throw error;
  }
  return block;
}
