/**
 * Memory as a kernel sees it: bytes at addresses, little-endian, with atomics.
 *
 * Everything that kmem keeps (a heap's holes, a vector's elements, a page table's entries) is bytes in a `Memory`.
 * Allocators and collections know only this interface: `LinearMemory` is one implementation, the simulated machine's
 * virtual memory, where every access is translated, another.
 *
 * @module
 */

/**
 * An address, in bytes.
 *
 * A safe integer. The upper half of the canonical 64-bit address space is negative: `0xffff_8000_0000_0000` is −2^47.
 */
export type Ptr = number;

/** The address that points at nothing. */
export const NULL: Ptr = 0;

/** Typed arrays over one buffer, all starting at the same byte. */
export interface Views {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly u64: BigUint64Array;
  readonly i64: BigInt64Array;
}

/**
 * The contiguous bytes around an address, for direct access.
 *
 * ```
 *   address ──────── byteLength ────────▶
 *   views.u8[firstIndex] …
 * ```
 * `address` and `firstIndex` leave the same rest divided by 8, so an aligned address is an aligned index.
 */
export interface Window {
  readonly views: Views;
  /** Lowest address covered. */
  readonly address: Ptr;
  /** Index in `views.u8` of the byte at `address`. */
  readonly firstIndex: number;
  /** Bytes covered, at least 1. */
  readonly byteLength: number;
}

/**
 * Bytes at addresses. Multi-byte values are little-endian; an access may be unaligned unless it is atomic.
 *
 * An access that is not wholly inside throws {@link MemoryError} `memory/out-of-bounds` (the machine raises its page
 * fault instead) and has changed nothing then. Values written are reduced to the width, as typed arrays do it.
 */
export interface Memory {
  readU8(at: Ptr): number;
  readU16(at: Ptr): number;
  readU32(at: Ptr): number;
  readU64(at: Ptr): bigint;
  readF32(at: Ptr): number;
  readF64(at: Ptr): number;
  writeU8(at: Ptr, value: number): void;
  writeU16(at: Ptr, value: number): void;
  writeU32(at: Ptr, value: number): void;
  writeU64(at: Ptr, value: bigint): void;
  writeF32(at: Ptr, value: number): void;
  writeF64(at: Ptr, value: number): void;

  /**
   * Reads 8 bytes as a non-negative number.
   *
   * @throws MemoryError `memory/not-safe` when the value is 2^53 or more
   */
  readUsize(at: Ptr): number;
  /**
   * Writes 8 bytes.
   *
   * @param value - 0 … 2^53 − 1
   * @throws MemoryError `memory/not-safe` when it is anything else
   */
  writeUsize(at: Ptr, value: number): void;

  /** Copies `length` bytes; the ranges may overlap (C's `memmove`). */
  copy(to: Ptr, from: Ptr, length: number): void;
  /** Sets `length` bytes to `byte`. */
  fill(at: Ptr, byte: number, length: number): void;
  /** Copies `into.length` bytes out of memory. */
  readBytes(at: Ptr, into: Uint8Array): void;
  /** Copies `from` into memory. */
  writeBytes(at: Ptr, from: Uint8Array): void;

  /** Atomically reads the u32 at `at`, a multiple of 4 (for every atomic: else `memory/misaligned`). */
  loadU32(at: Ptr): number;
  /** Atomically writes. */
  storeU32(at: Ptr, value: number): void;
  /** Atomically adds, modulo 2^32. @returns the value before */
  addU32(at: Ptr, value: number): number;
  /** Atomically writes `replacement` if `expected` is there. @returns the value before */
  compareExchangeU32(at: Ptr, expected: number, replacement: number): number;
  /**
   * Sleeps while `expected` is there, until {@link notifyU32}.
   *
   * @param timeout - milliseconds; Infinity for ever
   * @throws MemoryError `memory/cannot-wait` where the memory is not shared or the thread must not sleep
   */
  waitU32(at: Ptr, expected: number, timeout: number): "ok" | "not-equal" | "timed-out";
  /** Wakes up to `count` sleepers. @returns how many woke */
  notifyU32(at: Ptr, count: number): number;

  /** Whether other threads can reach these bytes, so that locks must lock. */
  readonly isShared: boolean;
  /** Changes when windows handed out before are no longer good. */
  readonly generation: number;
  /**
   * Gives direct access to the contiguous bytes around `at`.
   *
   * The same object is filled anew by each call: copy what you keep, and keep it only while `generation` stays.
   *
   * @param forWriting - whether bytes will be written through it
   */
  window(at: Ptr, forWriting: boolean): Window;
}
