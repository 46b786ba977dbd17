/**
 * Fields one behind another: what `struct`, `tuple` and the payload of an `enum` have in common.
 *
 * @module
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { alignUp, type Memory, type Ptr, type Views } from "@kmem/memory";
import { cloneValue, takeValue } from "./glue.ts";
import { readPrimitive, writePrimitive } from "./primitive-access.ts";
import type { AnyType, Kind, Lender, Niche } from "./type.ts";

/** `"C"`: in the order written. `"Rust"`: the largest alignment first, to waste no room between fields. */
export type FieldOrder = "C" | "Rust";

/** Fields with their places, in the order written. */
export interface Fields {
  readonly types: readonly AnyType[];
  /** Bytes from the start of the whole. */
  readonly offsets: readonly number[];
  /** Each field's {@link Kind}, 0 for those that are no primitive. */
  readonly kinds: readonly Kind[];
  readonly size: number;
  readonly align: number;
  /** Whether any field owns something. */
  readonly owns: boolean;
  /** Whether any field has its own way to be cloned. */
  readonly clones: boolean;
  /** Whether all fields can be read from typed arrays. */
  readonly direct: boolean;
  readonly niche: Niche | undefined;
}

/**
 * Lays fields out.
 *
 * @param start - bytes kept free before the first field (an enum's tag)
 * @throws LayoutError `layout/size` when the whole is too large
 * @see https://doc.rust-lang.org/reference/type-layout.html#the-c-representation
 */
export function layOut(types: readonly AnyType[], order: FieldOrder, start = 0): Fields {
  const places = types.map((_, index) => index);
  if (order === "Rust") places.sort((a, b) => types[b]!.align - types[a]!.align || a - b);
  const offsets = new Array<number>(types.length).fill(0);
  let layout = Layout.fromSizeAlign(start, 1);
  for (const place of places) {
    const extended = layout.extend(Layout.new(types[place]!));
    offsets[place] = extended.offset;
    layout = extended.layout;
  }
  const { align } = layout;
  return {
    types,
    offsets,
    kinds: types.map((type) => type.kind ?? 0),
    size: alignUp(layout.size, align),
    align,
    owns: types.some((type) => type.drop !== undefined),
    clones: types.some((type) => type.clone !== undefined),
    direct: types.every((type) => type.kind !== undefined || (type.readAt !== undefined && type.writeAt !== undefined)),
    niche: largestNiche(types, offsets),
  };
}

export function readField(fields: Fields, i: number, memory: Memory, at: Ptr, lender?: Lender): unknown {
  return fields.types[i]!.read(memory, at + fields.offsets[i]!, lender);
}

export function readFieldAt(fields: Fields, i: number, views: Views, index: number): unknown {
  const kind = fields.kinds[i]!;
  const place = index + fields.offsets[i]!;
  return kind === 0 ? fields.types[i]!.readAt!(views, place) : readPrimitive(kind, views, place);
}

export function writeFieldAt(fields: Fields, i: number, views: Views, index: number, value: unknown): void {
  const kind = fields.kinds[i]!;
  const place = index + fields.offsets[i]!;
  if (kind === 0) fields.types[i]!.writeAt!(views, place, value);
  else writePrimitive(kind, views, place, value);
}

export function checkField(fields: Fields, i: number, value: unknown, allocator?: GlobalAlloc): void {
  fields.types[i]!.check?.(value, allocator);
}

export function takeField(fields: Fields, i: number, memory: Memory, at: Ptr, allocator: GlobalAlloc): unknown {
  return takeValue(fields.types[i]!, memory, at + fields.offsets[i]!, allocator);
}

/** Drops the fields in the order written. When one throws, the rest are dropped all the same. */
export function dropFields(fields: Fields, memory: Memory, at: Ptr, allocator: GlobalAlloc, from = 0): void {
  for (let i = from; i < fields.types.length; i++)
    try {
      fields.types[i]!.drop?.(memory, at + fields.offsets[i]!, allocator);
    } catch (error) {
      dropFields(fields, memory, at, allocator, i + 1);
      throw error;
    }
}

/** Clones the fields in the order written; when one cannot be, those made so far are dropped again. */
export function cloneFields(fields: Fields, memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void {
  let done = 0;
  try {
    for (; done < fields.types.length; done++) {
      const offset = fields.offsets[done]!;
      cloneValue(fields.types[done]!, memory, from + offset, to + offset, allocator);
    }
  } catch (error) {
    for (let i = 0; i < done; i++) fields.types[i]!.drop?.(memory, to + fields.offsets[i]!, allocator);
    throw error;
  }
}

/** Rust's derived `Ord`: field by field in the order written. */
export function compareFields(fields: Fields, a: (i: number) => unknown, b: (i: number) => unknown): number {
  for (let i = 0; i < fields.types.length; i++) {
    const order = fields.types[i]!.compare(a(i), b(i));
    if (order !== 0) return order;
  }
  return 0;
}

function largestNiche(types: readonly AnyType[], offsets: readonly number[]): Niche | undefined {
  let best: Niche | undefined;
  types.forEach((type, i) => {
    const { niche } = type;
    if (niche !== undefined && niche.count > (best?.count ?? 0))
      best = { ...niche, offset: niche.offset + offsets[i]! };
  });
  return best;
}
