/**
 * Types with a `Drop` of their own.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { dropParts } from "./drop-value.ts";
import { cloneValue, takeValue } from "./glue.ts";
import type { Lender, Type } from "./type.ts";
import { withoutShortcuts } from "./wrappers.ts";

/** A {@link Type} whose values do something when they are dropped. */
export interface DropType<T> extends Type<T> {
  /** A value that is not in memory yet, to be dropped like any other owner: `using n = N.of({ … })`. */
  of(value: T): T & Disposable;
}

/**
 * Gives a type a `Drop`: when a value ends, `hook` runs first, then what the value owns is dropped as usual.
 *
 * @param hook - gets the value; owners in it are lent, and must be left alone
 */
export function withDrop<T extends object>(
  inner: Type<T> & { of?(value: T): T },
  hook: (value: T) => void,
  name: string = inner.name,
): DropType<T> {
  // Values outside of memory that still have to be dropped; one that was moved into memory has not.
  const armed = new WeakSet();
  const arm = (value: T): T & Disposable => {
    armed.add(value);
    const dispose = (): void => {
      if (!armed.delete(value)) return;
      try {
        hook(value);
      } finally {
        dropParts(Object.values(value));
      }
    };
    return Object.defineProperty(value, Symbol.dispose, { value: dispose }) as T & Disposable;
  };
  return {
    ...withoutShortcuts(inner),
    name,
    of: (value) => arm(inner.of === undefined ? { ...value } : inner.of(value)),
    write(memory, at, value, allocator) {
      inner.write(memory, at, value, allocator);
      armed.delete(value);
    },
    drop(memory, at, allocator) {
      try {
        hook(inner.read(memory, at, lenderOf(allocator)));
      } finally {
        inner.drop?.(memory, at, allocator);
      }
    },
    take: (memory, at, allocator) => arm(takeValue(inner, memory, at, allocator)),
    ...(inner.clone !== undefined && {
      clone: (memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc) =>
        cloneValue(inner, memory, from, to, allocator),
    }),
  };
}

/** Lends what is in the middle of being dropped. */
function lenderOf(allocator: GlobalAlloc): Lender {
  return { allocator, epoch: 0, assertUsable: () => undefined };
}
