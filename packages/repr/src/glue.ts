/**
 * Drop and clone glue: what Rust's compiler writes for each type, as functions over descriptors.
 *
 * @module
 */
import type { GlobalAlloc } from "@kmem/global-alloc";
import type { Memory, Ptr } from "@kmem/memory";
import { ReprError } from "./errors.ts";
import type { AnyType, Type } from "./type.ts";

/** Whether values of the type own something: Rust's `mem::needs_drop`. @example needsDrop(u32) // => false */
export function needsDrop(type: AnyType): boolean {
  return type.drop !== undefined;
}

/**
 * Drops `count` values side by side, the first one first.
 *
 * When a drop throws, the others are dropped all the same, and the first error is thrown in the end.
 */
export function dropValues(type: AnyType, memory: Memory, at: Ptr, count: number, allocator: GlobalAlloc): void {
  if (type.drop === undefined) return;
  let failed = false;
  let error: unknown;
  for (let i = 0; i < count; i++)
    try {
      type.drop(memory, at + i * type.size, allocator);
    } catch (caught) {
      if (!failed) error = caught;
      failed = true;
    }
  if (failed) throw error;
}

/**
 * Clones one value into bytes that hold none.
 *
 * @throws {@link ReprError} `repr/clone` when the type owns something and says no way to clone it
 */
export function cloneValue(type: AnyType, memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void {
  if (type.clone !== undefined) type.clone(memory, from, to, allocator);
  else if (type.drop !== undefined) throw notClone(type);
  else if (type.size > 0) memory.copy(to, from, type.size);
}

/** Clones `count` values side by side; when one cannot be cloned, those made so far are dropped again. */
export function cloneValues(
  type: AnyType,
  memory: Memory,
  from: Ptr,
  to: Ptr,
  count: number,
  allocator: GlobalAlloc,
): void {
  if (type.clone === undefined) {
    if (type.drop !== undefined && count > 0) throw notClone(type);
    if (type.size * count > 0) memory.copy(to, from, type.size * count);
    return;
  }
  let done = 0;
  try {
    for (; done < count; done++) type.clone(memory, from + done * type.size, to + done * type.size, allocator);
  } catch (error) {
    dropValues(type, memory, to, done, allocator);
    throw error;
  }
}

/** Clones over a value that is there: Rust's `clone_from`. */
export function cloneValueFrom(type: AnyType, memory: Memory, from: Ptr, to: Ptr, allocator: GlobalAlloc): void {
  if (type.cloneFrom !== undefined) type.cloneFrom(memory, from, to, allocator);
  else if (type.drop === undefined && type.clone === undefined) {
    if (type.size > 0) memory.copy(to, from, type.size);
  } else {
    // The clone is made before the old value goes. Its bytes wait outside of memory, as a local variable would.
    const old = new Uint8Array(type.size);
    memory.readBytes(to, old);
    try {
      cloneValue(type, memory, from, to, allocator);
    } catch (error) {
      memory.writeBytes(to, old);
      throw error;
    }
    const made = new Uint8Array(type.size);
    memory.readBytes(to, made);
    memory.writeBytes(to, old);
    try {
      type.drop?.(memory, to, allocator);
    } finally {
      memory.writeBytes(to, made);
    }
  }
}

/** Moves a value out of its bytes. */
export function takeValue<T>(type: Type<T>, memory: Memory, at: Ptr, allocator: GlobalAlloc): T {
  return type.take === undefined ? type.read(memory, at) : type.take(memory, at, allocator);
}

/** Rust's `==` of values. */
export function equalValues<T>(type: Type<T>, a: T, b: T): boolean {
  return type.compare(a, b) === 0;
}

function notClone(type: AnyType): ReprError {
  return new ReprError("repr/clone", `${type.name} owns something and says no way to clone it`);
}
