/**
 * Types made from other types: with another order, another alignment, a drop of their own, or not known yet.
 *
 * @module
 */
import { Layout } from "@kmem/global-alloc";
import { noteReversed } from "./primitive.ts";
import { checkPrimitive, readPrimitive, writePrimitive } from "./primitive-access.ts";
import type { Type } from "./type.ts";

/** Rust's `Reverse<T>`: the same values, ordered the other way round. @example reverse(u32).compare(1, 2) // => 1 */
export function reverse<T>(inner: Type<T>): Type<T> {
  const compare = (a: T, b: T): number => inner.compare(b, a);
  noteReversed(inner, compare);
  return { ...inner, name: `Reverse<${inner.name}>`, compare };
}

/** The same values under another order: `compare` decides what is equal, too. */
export function ordered<T>(inner: Type<T>, compare: (a: T, b: T) => number): Type<T> {
  return { ...inner, compare };
}

/** Rust's `#[repr(align(n))]`. @param align - bytes; a power of two @example aligned(u32, 32).size // => 32 */
export function aligned<T>(inner: Type<T>, align: number): Type<T> {
  const { size, align: wider } = Layout.new(inner).alignTo(align).padToAlign();
  const { kind: innerKind = 0, ...rest } = inner;
  const same = size === inner.size;
  return {
    ...rest,
    ...(same && innerKind !== 0 && { kind: innerKind }),
    name: `align(${align}) ${inner.name}`,
    size,
    align: wider,
    ...(innerKind !== 0 && {
      check: (value: T) => checkPrimitive(innerKind, value),
      readAt: (views, index) => readPrimitive(innerKind, views, index) as T,
      writeAt: (views, index, value) => writePrimitive(innerKind, views, index, value),
    }),
  };
}

/** Rust's `NonZero<T>`: 0 is refused, and `option` keeps None there. */
export function nonZero(inner: Type<number>): Type<number> {
  const check = (value: number): void => {
    inner.check?.(value);
    if (value === 0) checkPrimitive(1, "NonZero: 0");
  };
  return {
    ...withoutShortcuts(inner),
    name: `NonZero<${inner.name}>`,
    niche: inner.size === 2 ? undefined : { offset: 0, size: inner.size as 1 | 4 | 8, first: 0, count: 1 },
    check,
    write(memory, at, value) {
      check(value);
      inner.write(memory, at, value);
    },
  };
}

/**
 * A type that is described later, for types that contain themselves behind a `box` or a `vec`.
 *
 * Its members are looked up at first use; its size must not depend on itself.
 */
export function lazy<T>(describe: () => Type<T>): Type<T> {
  let known: Type<T> | undefined;
  const get = (): Type<T> => (known ??= describe());
  return {
    // While the type is still being described, its name is not known either.
    get name() {
      return known?.name ?? "…";
    },
    get size() {
      return get().size;
    },
    get align() {
      return get().align;
    },
    get kind() {
      return get().kind ?? 0;
    },
    get niche() {
      return get().niche;
    },
    read: (memory, at, lender) => get().read(memory, at, lender),
    write: (memory, at, value, allocator) => get().write(memory, at, value, allocator),
    compare: (a, b) => get().compare(a, b),
    check: (value, allocator) => get().check?.(value, allocator),
    drop: (memory, at, allocator) => get().drop?.(memory, at, allocator),
    take(memory, at, allocator) {
      const type = get();
      return type.take === undefined ? type.read(memory, at) : type.take(memory, at, allocator);
    },
    clone(memory, from, to, allocator) {
      const type = get();
      if (type.clone !== undefined) type.clone(memory, from, to, allocator);
      else if (type.size > 0) memory.copy(to, from, type.size);
    },
  };
}

/** A copy that is read and written by `read` and `write` alone, so that those can be replaced. */
export function withoutShortcuts<T>(type: Type<T>): Type<T> {
  const copy: { -readonly [K in keyof Type<T>]: Type<T>[K] } = { ...type };
  delete copy.kind;
  delete copy.readAt;
  delete copy.writeAt;
  return copy;
}
