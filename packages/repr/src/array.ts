/**
 * Arrays of fixed length.
 *
 * @module
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { wrongValue } from "./errors.ts";
import { cloneValues, dropValues, takeValue } from "./glue.ts";
import { readPrimitive, writePrimitive } from "./primitive-access.ts";
import type { Type } from "./type.ts";

/**
 * Rust's `[T; n]`; its values are JavaScript arrays of exactly that length.
 *
 * @param length - elements; 0 or more
 * @throws LayoutError `layout/size` when the length is none, or the whole too large
 * @example array(u32, 3).name // => "[u32; 3]"
 */
export function array<T>(element: Type<T>, length: number): Type<T[]> {
  const layout = Layout.array(element, length);
  const name = `[${element.name}; ${length}]`;
  const { size: stride, kind = 0 } = element;
  const check = (value: readonly T[], allocator?: GlobalAlloc): void => {
    if (!isArrayOf(value, length)) wrongValue(name, value);
    for (let i = 0; i < length; i++) element.check?.(value[i]!, allocator);
    if (element.drop !== undefined && new Set(value).size !== length) wrongValue("each owner once", value);
  };
  const fill = (get: (i: number) => T): T[] => {
    const values: T[] = [];
    for (let i = 0; i < length; i++) values.push(get(i));
    return values;
  };
  const direct = kind !== 0 || (element.readAt !== undefined && element.writeAt !== undefined);
  return {
    name,
    size: layout.size,
    align: layout.align,
    niche: length > 0 ? element.niche : undefined,
    read: (memory, at, lender) => fill((i) => element.read(memory, at + i * stride, lender)),
    write(memory, at, value, allocator) {
      check(value, allocator);
      for (let i = 0; i < length; i++) element.write(memory, at + i * stride, value[i]!, allocator);
    },
    compare(a, b) {
      for (let i = 0; i < length; i++) {
        const order = element.compare(a[i]!, b[i]!);
        if (order !== 0) return order;
      }
      return 0;
    },
    check,
    ...(direct && {
      readAt: (views, index) =>
        fill((i) =>
          kind === 0
            ? element.readAt!(views, index + i * stride)
            : (readPrimitive(kind, views, index + i * stride) as T),
        ),
      writeAt(views, index, value) {
        check(value);
        for (let i = 0; i < length; i++)
          if (kind === 0) element.writeAt!(views, index + i * stride, value[i]!);
          else writePrimitive(kind, views, index + i * stride, value[i]);
      },
    }),
    ...(element.drop !== undefined && {
      drop: (memory: Memory, at: Ptr, allocator: GlobalAlloc) => dropValues(element, memory, at, length, allocator),
      take: (memory: Memory, at: Ptr, allocator: GlobalAlloc): T[] =>
        fill((i) => takeValue(element, memory, at + i * stride, allocator)),
    }),
    ...(element.clone !== undefined && {
      clone: (memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc) =>
        cloneValues(element, memory, from, to, length, allocator),
    }),
  };
}

/**
 * Rust's `[u8; n]` with values that are `Uint8Array`: the fast way to hold bytes.
 *
 * @example byteArray(24).align // => 1
 */
export function byteArray(length: number): Type<Uint8Array> {
  const { size } = Layout.array({ size: 1, align: 1 }, length);
  const name = `[u8; ${length}]`;
  const check = (value: Uint8Array): void => {
    if (!(value instanceof Uint8Array) || value.length !== length) wrongValue(`a Uint8Array of ${length}`, value);
  };
  return {
    name,
    size,
    align: 1,
    read(memory, at) {
      const bytes = new Uint8Array(length);
      memory.readBytes(at, bytes);
      return bytes;
    },
    write(memory, at, value) {
      check(value);
      memory.writeBytes(at, value);
    },
    compare(a, b) {
      for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
      return 0;
    },
    check,
    readAt: (views, index) => views.u8.slice(index, index + length),
    writeAt(views, index, value) {
      check(value);
      views.u8.set(value, index);
    },
  };
}

function isArrayOf(value: unknown, length: number): boolean {
  return Array.isArray(value) && value.length === length;
}
