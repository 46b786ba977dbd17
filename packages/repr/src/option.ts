/**
 * Options: a value or `null`.
 *
 * ```
 *   with a niche                    T's own bytes; None is a pattern that no T has (a null pointer, a bool of 2)
 *   without   ├ tag 0/1 ┤ pad ┤ T   the tag as wide as T's alignment, as Rust lays it out
 * ```
 * @see https://doc.rust-lang.org/std/option/index.html#representation
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { alignUp, type Memory, type Ptr } from "@kmem/memory";
import { ReprError } from "./errors.ts";
import { cloneValue, takeValue } from "./glue.ts";
import type { Lender, Niche, Type } from "./type.ts";

const options = new WeakSet();

/**
 * Rust's `Option<T>`; None is `null`.
 *
 * @throws {@link ReprError} `repr/nested-option` for an option of an option: both would be `null` in JavaScript
 * @example option(u32).size // => 8
 * @example option(char).size // => 4
 */
export function option<T>(inner: Type<T>): Type<T | null> {
  if (options.has(inner))
    throw new ReprError(
      "repr/nested-option",
      `${inner.name} in an option: its None could not be told from the outer one`,
    );
  const { niche } = inner;
  const start = niche === undefined ? alignUp(1, inner.align) : 0;
  const size = niche === undefined ? start + inner.size : inner.size;
  const isSome = (memory: Memory, at: Ptr): boolean =>
    niche === undefined ? readTag(memory, at) : !holdsNiche(niche, memory, at);
  const writeNone = (memory: Memory, at: Ptr): void => {
    memory.fill(at, 0, size);
    if (niche !== undefined) writeNiche(niche, memory, at);
  };
  const type: Type<T | null> = {
    name: `Option<${inner.name}>`,
    size,
    align: inner.align,
    niche: restOf(niche),
    read: (memory, at, lender?: Lender) => (isSome(memory, at) ? inner.read(memory, at + start, lender) : null),
    write(memory, at, value, allocator) {
      if (value === null) writeNone(memory, at);
      else {
        inner.check?.(value, allocator);
        inner.write(memory, at + start, value, allocator);
        if (niche === undefined) writeTag(memory, at, start);
      }
    },
    compare: (a, b) => (a === null ? (b === null ? 0 : -1) : b === null ? 1 : inner.compare(a, b)),
    check(value, allocator) {
      if (value !== null) inner.check?.(value, allocator);
    },
    ...(inner.drop !== undefined && {
      drop(memory: Memory, at: Ptr, allocator: GlobalAlloc) {
        if (isSome(memory, at)) inner.drop!(memory, at + start, allocator);
      },
      take: (memory: Memory, at: Ptr, allocator: GlobalAlloc) =>
        isSome(memory, at) ? takeValue(inner, memory, at + start, allocator) : null,
    }),
    ...((inner.clone ?? inner.drop) !== undefined && {
      clone(memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc) {
        if (!isSome(memory, from)) writeNone(memory, to);
        else {
          cloneValue(inner, memory, from + start, to + start, allocator);
          if (niche === undefined) writeTag(memory, to, start);
        }
      },
    }),
  };
  options.add(type);
  return type;
}

function readTag(memory: Memory, at: Ptr): boolean {
  const tag = memory.readU8(at);
  if (tag > 1) throw new ReprError("repr/bytes", `an option's tag is 0 or 1, not ${tag}`, tag);
  return tag === 1;
}

function writeTag(memory: Memory, at: Ptr, width: number): void {
  memory.fill(at, 0, width);
  memory.writeU8(at, 1);
}

function holdsNiche(niche: Niche, memory: Memory, at: Ptr): boolean {
  const place = at + niche.offset;
  if (niche.size === 8) return memory.readU32(place) === 0 && memory.readU32(place + 4) === 0;
  return (niche.size === 1 ? memory.readU8(place) : memory.readU32(place)) === niche.first;
}

function writeNiche(niche: Niche, memory: Memory, at: Ptr): void {
  if (niche.size === 1) memory.writeU8(at + niche.offset, niche.first);
  else if (niche.size === 4) memory.writeU32(at + niche.offset, niche.first);
}

/** What is left for an enum around this option. */
function restOf(niche: Niche | undefined): Niche | undefined {
  if (niche === undefined) return { offset: 0, size: 1, first: 2, count: 254 };
  return niche.count > 1 ? { ...niche, first: niche.first + 1, count: niche.count - 1 } : undefined;
}
