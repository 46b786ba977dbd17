/**
 * Enums with data: one of several variants.
 *
 * ```
 *   tagged   ├ tag ┤ pad ├ payload ┤          tag: number of the variant, in the order written; one byte
 *   niche    ├ payload of the largest ┤       the others announce themselves by patterns that it never has
 * ```
 * The niche is used when it makes the whole smaller, as Rust does.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import { alignUp, type Memory, type Ptr } from "@kmem/memory";
import { ReprError, wrongValue } from "./errors.ts";
import { cloneValue, takeValue } from "./glue.ts";
import type { AnyType, Infer, Niche, Type } from "./type.ts";

/** The values of an enum with these variants: `{ tag, value }`. */
export type EnumOf<V> = { [K in keyof V & string]: { readonly tag: K; readonly value: Infer<V[K]> } }[keyof V & string];

interface Shape {
  readonly size: number;
  readonly align: number;
  readonly niche: Niche | undefined;
  /** Where each variant's payload starts. */
  readonly offsets: readonly number[];
  variantAt(memory: Memory, at: Ptr): number;
  /** Writes what tells the variants apart; called after the payload is there. */
  mark(memory: Memory, at: Ptr, variant: number): void;
}

type Tagged = { readonly tag: string; readonly value: unknown };

/**
 * An enum; its values are objects `{ tag, value }`.
 *
 * @param variants - name → payload; `unit` for a variant without data
 * @param name - shown in messages
 * @example enumOf({ None: unit, Some: u32 }).size // => 8
 */
export function enumOf<V extends Readonly<Record<string, AnyType>>>(
  variants: V,
  name = `enum { ${Object.keys(variants).join(", ")} }`,
): Type<EnumOf<V>> {
  const tags = Object.keys(variants);
  const types: readonly AnyType[] = Object.values(variants);
  if (tags.length === 0 || tags.length > 256)
    throw new ReprError("repr/layout", `expected 1 … 256 variants, got ${tags.length}`, tags.length);
  const tagged = taggedShape(types);
  const filled = nicheShape(types);
  const shape = filled !== undefined && filled.size < tagged.size ? filled : tagged;
  const indexOf = (value: Tagged): number => {
    const isObject = typeof (value as unknown) === "object" && (value as unknown) !== null;
    const variant = isObject ? tags.indexOf(value.tag) : -1;
    return variant < 0 ? wrongValue(`${name} ({ tag, value })`, value) : variant;
  };
  const check = (value: Tagged, allocator?: GlobalAlloc): void =>
    types[indexOf(value)]!.check?.(value.value, allocator);
  const type: Type<Tagged> = {
    name,
    size: shape.size,
    align: shape.align,
    niche: shape.niche,
    read(memory, at, lender) {
      const variant = shape.variantAt(memory, at);
      return { tag: tags[variant]!, value: types[variant]!.read(memory, at + shape.offsets[variant]!, lender) };
    },
    write(memory, at, value, allocator) {
      check(value, allocator);
      const variant = indexOf(value);
      memory.fill(at, 0, shape.size);
      types[variant]!.write(memory, at + shape.offsets[variant]!, value.value, allocator);
      shape.mark(memory, at, variant);
    },
    compare(a, b) {
      const order = indexOf(a) - indexOf(b);
      return order !== 0 ? order : types[indexOf(a)]!.compare(a.value, b.value);
    },
    check,
    ...(types.some((t) => t.drop !== undefined) && {
      drop(memory: Memory, at: Ptr, allocator: GlobalAlloc) {
        const variant = shape.variantAt(memory, at);
        types[variant]!.drop?.(memory, at + shape.offsets[variant]!, allocator);
      },
      take(memory: Memory, at: Ptr, allocator: GlobalAlloc): Tagged {
        const variant = shape.variantAt(memory, at);
        const value = takeValue(types[variant]!, memory, at + shape.offsets[variant]!, allocator);
        return { tag: tags[variant]!, value };
      },
    }),
    ...(types.some((t) => (t.drop ?? t.clone) !== undefined) && {
      clone(memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc) {
        const variant = shape.variantAt(memory, from);
        const offset = shape.offsets[variant]!;
        memory.fill(to, 0, shape.size);
        cloneValue(types[variant]!, memory, from + offset, to + offset, allocator);
        shape.mark(memory, to, variant);
      },
    }),
  };
  return type as unknown as Type<EnumOf<V>>;
}

/** Rust's `Result<T, E>`. @example result(u32, u32).size // => 8 */
export function result<T, E>(ok: Type<T>, err: Type<E>): Type<EnumOf<{ Ok: Type<T>; Err: Type<E> }>> {
  return enumOf({ Ok: ok, Err: err }, `Result<${ok.name}, ${err.name}>`);
}

function taggedShape(types: readonly AnyType[]): Shape {
  const tagSize = types.length > 1 ? 1 : 0;
  const align = Math.max(1, ...types.map((type) => type.align));
  const offsets = types.map((type) => (tagSize === 0 ? 0 : alignUp(tagSize, type.align)));
  return {
    size: alignUp(Math.max(tagSize, ...types.map((type, i) => offsets[i]! + type.size)), align),
    align,
    niche:
      tagSize === 0 || types.length === 256
        ? undefined
        : { offset: 0, size: 1, first: types.length, count: 256 - types.length },
    offsets,
    variantAt(memory, at) {
      const variant = tagSize === 0 ? 0 : memory.readU8(at);
      if (variant >= types.length)
        throw new ReprError("repr/bytes", `an enum's tag is below ${types.length}, not ${variant}`, variant);
      return variant;
    },
    mark(memory, at, variant) {
      if (tagSize > 0) memory.writeU8(at, variant);
    },
  };
}

/** The layout without a tag, if the largest variant has a niche for the others and leaves them room. */
function nicheShape(types: readonly AnyType[]): Shape | undefined {
  let largest = 0;
  types.forEach((type, i) => {
    if (type.size > types[largest]!.size) largest = i;
  });
  const { niche, size } = types[largest]!;
  if (niche === undefined || niche.count < types.length - 1) return undefined;
  const align = Math.max(...types.map((type) => type.align));
  // The other payloads lie before the niche's word if they fit there, else behind it.
  const end = niche.offset + niche.size;
  const offsets = types.map((type, i) => (i === largest || type.size <= niche.offset ? 0 : alignUp(end, type.align)));
  if (types.some((type, i) => offsets[i]! + type.size > size) || alignUp(size, align) !== size) return undefined;
  // Patterns in the order written: first, first + 1, … for all but the largest.
  const pattern = (variant: number): number => niche.first + (variant < largest ? variant : variant - 1);
  return {
    size,
    align,
    niche:
      niche.count > types.length - 1
        ? { ...niche, first: niche.first + types.length - 1, count: niche.count - types.length + 1 }
        : undefined,
    offsets,
    variantAt(memory, at) {
      const place = at + niche.offset;
      if (niche.size === 8) {
        const isNull = memory.readU32(place) === 0 && memory.readU32(place + 4) === 0;
        return isNull ? 1 - largest : largest;
      }
      const found = (niche.size === 1 ? memory.readU8(place) : memory.readU32(place)) - niche.first;
      if (found < 0 || found >= types.length - 1) return largest;
      return found < largest ? found : found + 1;
    },
    mark(memory, at, variant) {
      if (variant === largest) return;
      const place = at + niche.offset;
      if (niche.size === 1) memory.writeU8(place, pattern(variant));
      else if (niche.size === 4) memory.writeU32(place, pattern(variant));
    },
  };
}
