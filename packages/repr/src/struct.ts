/**
 * Structs and tuples.
 *
 * ```
 *   struct({ a: u32, b: u64, c: u8 })        order "C":    a a a a · · · · b b b b b b b b c · · · · · · ·   24, 8
 *                                            order "Rust": b b b b b b b b a a a a c · · ·                  16, 8
 * ```
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { ReprError, wrongValue } from "./errors.ts";
import {
  checkField,
  cloneFields,
  compareFields,
  dropFields,
  layOut,
  readField,
  readFieldAt,
  takeField,
  writeFieldAt,
  type FieldOrder,
  type Fields,
} from "./fields.ts";
import type { AnyType, Infer, Type } from "./type.ts";

/** The values of a struct with these fields. */
export type StructOf<F> = { -readonly [K in keyof F]: Infer<F[K]> };
/** The values of a tuple with these fields. */
export type TupleOf<E extends readonly unknown[]> = { -readonly [I in keyof E]: Infer<E[I]> };

/** A {@link Type} with named fields. */
export interface StructType<F extends Readonly<Record<string, AnyType>>> extends Type<StructOf<F>> {
  readonly fields: F;
  /** Where a field lies; bytes from the start. */
  offsetOf(field: keyof F & string): number;
  /** The same value with its fields in the order of the type: the order in which Rust drops them. */
  of(value: StructOf<F>): StructOf<F>;
}

export interface StructOptions {
  /** Shown in messages. @defaultValue made from the fields */
  readonly name?: string;
  /** @defaultValue "C" */
  readonly order?: FieldOrder;
}

/**
 * A struct; its values are plain objects with the same keys.
 *
 * Fields are dropped, cloned and compared in the order written, wherever they lie.
 *
 * @param fields - name → type; names that are whole numbers are refused, since JavaScript would reorder them
 * @example struct({ a: u32, b: u64, c: u8 }).size // => 24
 * @example struct({ a: u32, b: u64, c: u8 }, { order: "Rust" }).size // => 16
 */
export function struct<F extends Readonly<Record<string, AnyType>>>(
  fields: F,
  options: StructOptions = {},
): StructType<F> {
  const names = Object.keys(fields);
  const numeric = names.find((name) => /^\d+$/.test(name));
  if (numeric !== undefined)
    throw new ReprError("repr/layout", `expected field names that are no numbers, got ${numeric}: use tuple`, numeric);
  const layout = layOut(Object.values(fields), options.order ?? "C");
  const name = options.name ?? `{ ${names.map((n) => `${n}: ${fields[n]!.name}`).join(", ")} }`;
  // Copies of one template share a shape, which makes reading their fields fast.
  const template: Record<string, unknown> = {};
  for (const field of names) template[field] = undefined;
  const type = record<Record<string, unknown>>(
    name,
    layout,
    () => ({ ...template }),
    (value, i) => value[names[i]!],
    (value, i, field) => {
      value[names[i]!] = field;
    },
    (value) => typeof value === "object" && value !== null && names.every((field) => field in value),
  );
  return {
    ...(type as unknown as Type<StructOf<F>>),
    fields,
    offsetOf(field) {
      const i = names.indexOf(field);
      if (i < 0) throw new ReprError("repr/layout", `expected a field of ${name}, got ${field}`, field);
      return layout.offsets[i]!;
    },
    of(value) {
      const copy: Record<string, unknown> = { ...template };
      for (const field of names) copy[field] = (value as Record<string, unknown>)[field];
      return copy as StructOf<F>;
    },
  };
}

/**
 * A tuple; its values are arrays. Laid out in Rust's order, as every tuple is.
 *
 * @example tuple(u8, u32, u8).size // => 8
 * @example tuple(u32, u8).name // => "(u32, u8)"
 */
export function tuple<E extends readonly AnyType[]>(...elements: E): Type<TupleOf<E>> {
  const name = `(${elements.map((type) => type.name).join(", ")}${elements.length === 1 ? "," : ""})`;
  const layout = layOut(elements, "Rust");
  const type = record<unknown[]>(
    name,
    layout,
    () => [],
    (value, i) => value[i],
    (value, _i, field) => value.push(field),
    (value) => Array.isArray(value) && value.length === elements.length,
  );
  return type as unknown as Type<TupleOf<E>>;
}

/** A type of fields, given how its JavaScript values are made, read and filled. */
function record<V>(
  name: string,
  fields: Fields,
  empty: () => V,
  get: (value: V, i: number) => unknown,
  put: (value: V, i: number, field: unknown) => void,
  is: (value: unknown) => boolean,
): Type<V> {
  const count = fields.types.length;
  const check = (value: V, allocator?: GlobalAlloc): void => {
    if (!is(value)) wrongValue(name, value);
    for (let i = 0; i < count; i++) checkField(fields, i, get(value, i), allocator);
    if (fields.owns) refuseTwice(fields, value, get);
  };
  const type: Type<V> = {
    name,
    size: fields.size,
    align: fields.align,
    niche: fields.niche,
    read(memory, at, lender) {
      const value = empty();
      for (let i = 0; i < count; i++) put(value, i, readField(fields, i, memory, at, lender));
      return value;
    },
    write(memory, at, value, allocator) {
      check(value, allocator);
      for (let i = 0; i < count; i++) fields.types[i]!.write(memory, at + fields.offsets[i]!, get(value, i), allocator);
    },
    compare: (a, b) =>
      compareFields(
        fields,
        (i) => get(a, i),
        (i) => get(b, i),
      ),
    check,
  };
  return {
    ...type,
    ...(fields.direct && {
      readAt(views, index) {
        const value = empty();
        for (let i = 0; i < count; i++) put(value, i, readFieldAt(fields, i, views, index));
        return value;
      },
      writeAt(views, index, value) {
        check(value);
        for (let i = 0; i < count; i++) writeFieldAt(fields, i, views, index, get(value, i));
      },
    }),
    ...(fields.owns && {
      drop: (memory: Memory, at: Ptr, allocator: GlobalAlloc) => dropFields(fields, memory, at, allocator),
      take(memory: Memory, at: Ptr, allocator: GlobalAlloc): V {
        const value = empty();
        for (let i = 0; i < count; i++) put(value, i, takeField(fields, i, memory, at, allocator));
        return value;
      },
    }),
    ...((fields.clones || fields.owns) && {
      clone: (memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc) =>
        cloneFields(fields, memory, from, to, allocator),
    }),
  };
}

/** One owner cannot be moved into two fields. */
function refuseTwice<V>(fields: Fields, value: V, get: (value: V, i: number) => unknown): void {
  for (let i = 1; i < fields.types.length; i++)
    for (let j = 0; j < i; j++) {
      const field = get(value, i);
      if (typeof field === "object" && field !== null && fields.types[i]!.drop !== undefined && field === get(value, j))
        wrongValue("each owner once", field);
    }
}
