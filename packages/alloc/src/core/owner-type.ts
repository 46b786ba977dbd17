/**
 * Makes an owner an element type, so that it can lie in other collections: `vec(box(u8))`.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { ReprError, type AnyType, type Niche, type Type } from "@kmem/repr";
import type { Loan, Owner } from "./owner.ts";

/** What {@link ownerType} needs to know of an owner's class. */
export interface OwnerGlue<H extends Owner> {
  /** As Rust writes it: `"Vec<u8>"`. */
  readonly name: string;
  /** Bytes of the words; a multiple of 8. */
  readonly size: number;
  readonly niche?: Niche;
  /** Whether `value` is a handle of this class, with this element type. */
  is(value: unknown): boolean;
  /** A handle over words that stay where they are. */
  borrow(loan: Loan): H;
  /** An owned handle made from the words at `at`, which are dead afterwards. */
  adopt(memory: Memory, at: Ptr, allocator: GlobalAlloc): H;
  /** Rust's `Ord`; both may be borrowed. */
  compare(a: H, b: H): number;
  /** Drops the value whose words lie at `at`. Without it: `adopt`, then `drop`. */
  drop?(memory: Memory, at: Ptr, allocator: GlobalAlloc): void;
  /** Clones the value at `from` into words at `to`. */
  clone?(memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void;
  /** Rust's `clone_from`, over the value at `to`. */
  cloneFrom?(memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void;
}

/** The element type of an owner. Its values are handles: writing one moves it, reading one borrows. */
export function ownerType<H extends Owner>(glue: OwnerGlue<H>): Type<H> {
  const { size, niche } = glue;
  const check = (value: H, allocator?: GlobalAlloc): void => {
    if (!glue.is(value))
      throw new ReprError("repr/value", `expected an owned ${glue.name}, got ${describe(value)}`, value);
    value.checkMovable(allocator);
  };
  const type: Type<H> = {
    // Looked up when it is asked for: a type that contains itself has no name yet while it is described.
    get name() {
      return glue.name;
    },
    size,
    align: 8,
    niche,
    read(_memory, at, lender) {
      if (lender === undefined)
        throw new ReprError("repr/lender", `a ${glue.name} can only be read by way of the collection that owns it`);
      return glue.borrow({ lender, slot: at });
    },
    write(_memory, at, value, allocator) {
      check(value, allocator);
      value.moveTo(at);
    },
    compare: (a, b) => glue.compare(a, b),
    check,
    take: (memory, at, allocator) => glue.adopt(memory, at, allocator),
    drop(memory, at, allocator) {
      if (glue.drop !== undefined) glue.drop(memory, at, allocator);
      else glue.adopt(memory, at, allocator).drop();
    },
    ...(glue.clone !== undefined && {
      clone: (memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc) => glue.clone!(memory, from, to, allocator),
    }),
    ...(glue.cloneFrom !== undefined && {
      cloneFrom: (memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc) =>
        glue.cloneFrom!(memory, from, to, allocator),
    }),
  };
  return type;
}

/** Whether two descriptors describe the same type: the same object, or the same name and layout. */
export function sameType(a: AnyType, b: AnyType): boolean {
  // Sizes first: asking for one makes a lazy type look itself up, and know its name.
  return a === b || (a.size === b.size && a.align === b.align && a.name === b.name);
}

/** Gives one result per element type, so that `vec(u8) === vec(u8)`. */
export function perType<R>(make: (type: Type<unknown>) => R): (type: Type<unknown>) => R {
  const made = new WeakMap<object, R>();
  return (type) => {
    let result = made.get(type);
    if (result === undefined) made.set(type, (result = make(type)));
    return result;
  };
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { typeName } = value as { typeName?: unknown };
  return typeof typeName === "string" ? `a ${typeName}` : "something else";
}
