/**
 * The buffers that hold a memory's bytes: what is accepted as one, typed arrays over it, and growing it.
 *
 * @module
 */
import { MemoryError } from "./errors.ts";
import type { Views } from "./memory.ts";

/** What `WebAssembly.Memory` is to us. Growing it replaces `buffer`. */
export interface GrowableMemory {
  readonly buffer: ArrayBufferLike;
  /** @param pages - of 64 KiB */
  grow(pages: number): number;
}

/** Typed arrays over `length` bytes of a buffer. */
export function viewsOf(buffer: ArrayBufferLike, start: number, length: number): Views {
  return {
    u8: new Uint8Array(buffer, start, length),
    i8: new Int8Array(buffer, start, length),
    u16: new Uint16Array(buffer, start, Math.floor(length / 2)),
    i16: new Int16Array(buffer, start, Math.floor(length / 2)),
    u32: new Uint32Array(buffer, start, Math.floor(length / 4)),
    i32: new Int32Array(buffer, start, Math.floor(length / 4)),
    f32: new Float32Array(buffer, start, Math.floor(length / 4)),
    f64: new Float64Array(buffer, start, Math.floor(length / 8)),
    u64: new BigUint64Array(buffer, start, Math.floor(length / 8)),
    i64: new BigInt64Array(buffer, start, Math.floor(length / 8)),
  };
}

/** A typed array has a `buffer` too, but shows a part of it only: taking it for the whole would go beside its bytes. */
export function bufferSource(source: unknown): { readonly buffer: ArrayBufferLike } {
  if (isBuffer(source)) return { buffer: source };
  if (ArrayBuffer.isView(source))
    throw new MemoryError("memory/options", "source: expected a buffer, got a view; pass its buffer and byteOffset");
  const holder = source as { readonly buffer: ArrayBufferLike } | null | undefined;
  if (isBuffer(holder?.buffer)) return holder;
  throw new MemoryError("memory/options", `source: expected a buffer or a WebAssembly.Memory, got ${String(source)}`);
}

/** By the tag, which a buffer made in another realm (a `vm` context, a frame) has as well. */
function isBuffer(value: unknown): value is ArrayBufferLike {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

export function isSharedBuffer(buffer: ArrayBufferLike): boolean {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}

/** Makes a buffer larger by at least `bytes`. @throws MemoryError `memory/cannot-grow` */
export function growSource(source: object, bytes: number): void {
  const target = source as { buffer: ArrayBufferLike & Resizable; grow?: (pages: number) => number };
  try {
    if (target.grow !== undefined) target.grow(Math.ceil(bytes / 0x1_0000));
    else if (target.buffer.resizable === true) target.buffer.resize?.(target.buffer.byteLength + bytes);
    else if (target.buffer.growable === true) target.buffer.grow?.(target.buffer.byteLength + bytes);
    else throw new MemoryError("memory/cannot-grow", "the buffer is of fixed size");
  } catch (error) {
    if (error instanceof MemoryError) throw error;
    throw new MemoryError("memory/cannot-grow", `${bytes} more bytes are beyond the buffer's maximum`);
  }
}

/** Resizable buffers are ES2024; the types are of ES2020. */
interface Resizable {
  readonly resizable?: boolean;
  readonly growable?: boolean;
  resize?(byteLength: number): void;
  grow?(byteLength: number): void;
}
