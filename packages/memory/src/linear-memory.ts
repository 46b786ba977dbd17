/**
 * Memory that is one run of bytes in a buffer.
 *
 * ```
 *   address   base                          base + byteLength
 *             ├──────────────────────────────┤
 *   buffer  ──┴─ byteOffset ─────────────────┴──
 * ```
 *
 * @module
 */
import { bufferSource, growSource, isSharedBuffer, viewsOf, type GrowableMemory } from "./buffer-source.ts";
import { hex } from "./hex.ts";
import { MemoryError } from "./errors.ts";
import type { Memory, Ptr, Views, Window } from "./memory.ts";

const TWO_32 = 0x1_0000_0000;
/** Largest buffer: an index then fits 32 bits, and `>>>` may be used on it. */
const MAX_BYTE_LENGTH = TWO_32;

export interface LinearMemoryOptions {
  /** Address of the first byte; a multiple of 8. @defaultValue 0 */
  readonly base?: Ptr;
  /** Where in the buffer it starts; bytes, a multiple of 8. @defaultValue 0 */
  readonly byteOffset?: number;
  /** Bytes; without it the memory reaches to the end of the buffer, and grows with it. */
  readonly byteLength?: number;
}

/**
 * A buffer as {@link Memory}.
 *
 * A buffer that grows or is replaced (`WebAssembly.Memory.grow`, a resizable `ArrayBuffer`) is noticed by itself: the
 * views are made anew and `generation` changes.
 *
 * @example new LinearMemory(new ArrayBuffer(4096), { base: 0x1000 }).readU8(0x1000) // => 0
 */
export class LinearMemory implements Memory {
  readonly base: Ptr;
  readonly byteOffset: number;
  readonly isShared: boolean;
  /** Typed arrays over exactly this memory: index = address − base. Not good after `generation` has changed. */
  views!: Views;

  private readonly source: { readonly buffer: ArrayBufferLike };
  private readonly fixedLength: number | undefined;
  private readonly shownWindow: { views: Views; address: Ptr; firstIndex: number; byteLength: number };
  private data!: DataView;
  private renewals = 0;

  /**
   * @param source - a buffer, not a view of one: say where a view lies by `byteOffset` and `byteLength`
   * @throws {@link MemoryError} `memory/options` when an option is out of range, the buffer is larger than 4 GiB, or
   *   `source` is no buffer
   */
  constructor(source: ArrayBufferLike | GrowableMemory, options: LinearMemoryOptions = {}) {
    const { base = 0, byteOffset = 0, byteLength } = options;
    this.source = bufferSource(source);
    const available = this.source.buffer.byteLength;
    if (!Number.isSafeInteger(base) || base % 8 !== 0) throw optionError("base", "a multiple of 8", base);
    if (!Number.isSafeInteger(byteOffset) || byteOffset % 8 !== 0 || byteOffset < 0 || byteOffset > available)
      throw optionError("byteOffset", `a multiple of 8, at most ${available}`, byteOffset);
    const room = available - byteOffset;
    if (byteLength !== undefined && (!Number.isSafeInteger(byteLength) || byteLength < 0 || byteLength > room))
      throw optionError("byteLength", `0 … ${room}`, byteLength);
    if ((byteLength ?? room) > MAX_BYTE_LENGTH) throw optionError("byteLength", "at most 4 GiB", byteLength ?? room);
    if (!Number.isSafeInteger(base + (byteLength ?? room))) throw optionError("base", "an end below 2^53", base);
    this.base = base;
    this.byteOffset = byteOffset;
    this.fixedLength = byteLength;
    this.isShared = isSharedBuffer(this.source.buffer);
    this.makeViews();
    this.shownWindow = { views: this.views, address: base, firstIndex: 0, byteLength: this.byteLength };
  }

  /** The buffer that holds the bytes now. */
  get buffer(): ArrayBufferLike {
    return this.source.buffer;
  }

  /** Bytes of this memory now. */
  get byteLength(): number {
    this.renewIfStale();
    return this.views.u8.length;
  }

  get generation(): number {
    // A grown WebAssembly.Memory detaches its old buffer, whose views then hold nothing. Asking for an element is
    // measurably cheaper than asking for the length.
    if (this.views.u8[0] === undefined) this.renewIfStale();
    return this.renewals;
  }

  // In each access `index >>> 0 === index` refuses what is negative, fractional, NaN or beyond 4 GiB in one comparison;
  // an index outside the view reads `undefined`. Everything unusual goes to `locate`,
  // which may replace `data` and `views`: so it is called before they are looked at.

  readU8(at: Ptr): number {
    const index = at - this.base;
    const value = this.views.u8[index];
    if (value !== undefined) return value;
    const place = this.locate(at, 1);
    return this.data.getUint8(place);
  }

  readU16(at: Ptr): number {
    const index = at - this.base;
    if (index >>> 0 === index && (index & 1) === 0) {
      const value = this.views.u16[index >>> 1];
      if (value !== undefined) return value;
    }
    const place = this.locate(at, 2);
    return this.data.getUint16(place, true);
  }

  readU32(at: Ptr): number {
    const index = at - this.base;
    if (index >>> 0 === index && (index & 3) === 0) {
      const value = this.views.u32[index >>> 2];
      if (value !== undefined) return value;
    }
    const place = this.locate(at, 4);
    return this.data.getUint32(place, true);
  }

  readU64(at: Ptr): bigint {
    const place = this.locate(at, 8);
    return this.data.getBigUint64(place, true);
  }

  readF32(at: Ptr): number {
    const place = this.locate(at, 4);
    return this.data.getFloat32(place, true);
  }

  readF64(at: Ptr): number {
    const place = this.locate(at, 8);
    return this.data.getFloat64(place, true);
  }

  readUsize(at: Ptr): number {
    const index = at - this.base;
    const { u32 } = this.views;
    let low: number | undefined, high: number | undefined;
    if (index >>> 0 === index && (index & 3) === 0) {
      low = u32[index >>> 2];
      high = u32[(index >>> 2) + 1];
    }
    if (low === undefined || high === undefined) {
      const place = this.locate(at, 8);
      low = this.data.getUint32(place, true);
      high = this.data.getUint32(place + 4, true);
    }
    if (high >= 0x20_0000) throw new MemoryError("memory/not-safe", "8 bytes hold 2^53 or more, read at", at);
    return high * TWO_32 + low;
  }

  writeU8(at: Ptr, value: number): void {
    const index = at - this.base;
    const { u8 } = this.views;
    if (index >>> 0 === index && index < u8.length) u8[index] = value;
    else {
      const place = this.locate(at, 1);
      this.data.setUint8(place, value);
    }
  }

  writeU16(at: Ptr, value: number): void {
    const index = at - this.base;
    const { u16 } = this.views;
    if (index >>> 0 === index && (index & 1) === 0 && index >>> 1 < u16.length) u16[index >>> 1] = value;
    else {
      const place = this.locate(at, 2);
      this.data.setUint16(place, value, true);
    }
  }

  writeU32(at: Ptr, value: number): void {
    const index = at - this.base;
    const { u32 } = this.views;
    if (index >>> 0 === index && (index & 3) === 0 && index >>> 2 < u32.length) u32[index >>> 2] = value;
    else {
      const place = this.locate(at, 4);
      this.data.setUint32(place, value, true);
    }
  }

  writeU64(at: Ptr, value: bigint): void {
    const place = this.locate(at, 8);
    this.data.setBigUint64(place, value, true);
  }

  writeF32(at: Ptr, value: number): void {
    const place = this.locate(at, 4);
    this.data.setFloat32(place, value, true);
  }

  writeF64(at: Ptr, value: number): void {
    const place = this.locate(at, 8);
    this.data.setFloat64(place, value, true);
  }

  writeUsize(at: Ptr, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new MemoryError("memory/not-safe", `expected 0 … 2^53 − 1 to write, got ${String(value)}, at`, at);
    const index = at - this.base;
    const { u32 } = this.views;
    if (index >>> 0 === index && (index & 3) === 0 && (index >>> 2) + 1 < u32.length) {
      u32[index >>> 2] = value;
      u32[(index >>> 2) + 1] = value / TWO_32;
    } else {
      const place = this.locate(at, 8);
      this.data.setUint32(place, value % TWO_32, true);
      this.data.setUint32(place + 4, value / TWO_32, true);
    }
  }

  copy(to: Ptr, from: Ptr, length: number): void {
    const target = this.locate(to, length);
    const source = this.locate(from, length);
    this.views.u8.copyWithin(target, source, source + length);
  }

  fill(at: Ptr, byte: number, length: number): void {
    const start = this.locate(at, length);
    this.views.u8.fill(byte, start, start + length);
  }

  readBytes(at: Ptr, into: Uint8Array): void {
    const start = this.locate(at, into.length);
    into.set(this.views.u8.subarray(start, start + into.length));
  }

  writeBytes(at: Ptr, from: Uint8Array): void {
    const start = this.locate(at, from.length);
    this.views.u8.set(from, start);
  }

  loadU32(at: Ptr): number {
    const index = this.locateWord(at);
    return Atomics.load(this.views.u32, index);
  }

  storeU32(at: Ptr, value: number): void {
    const index = this.locateWord(at);
    Atomics.store(this.views.u32, index, value);
  }

  addU32(at: Ptr, value: number): number {
    const index = this.locateWord(at);
    return Atomics.add(this.views.u32, index, value);
  }

  compareExchangeU32(at: Ptr, expected: number, replacement: number): number {
    const index = this.locateWord(at);
    return Atomics.compareExchange(this.views.u32, index, expected, replacement);
  }

  waitU32(at: Ptr, expected: number, timeout: number): "ok" | "not-equal" | "timed-out" {
    const index = this.locateWord(at);
    if (Number.isNaN(timeout)) throw optionError("timeout", "milliseconds or Infinity", timeout); // NaN would be for ever
    if (!this.isShared) throw new MemoryError("memory/cannot-wait", "the buffer is not shared, so nobody can wake", at);
    try {
      return Atomics.wait(this.views.i32, index, expected | 0, timeout);
    } catch {
      // A browser's main thread: Atomics.wait throws a TypeError there.
      throw new MemoryError("memory/cannot-wait", "this thread must not sleep, at", at);
    }
  }

  notifyU32(at: Ptr, count: number): number {
    const index = this.locateWord(at);
    return Atomics.notify(this.views.i32, index, count);
  }

  window(at: Ptr, _forWriting: boolean): Window {
    this.locate(at, 1);
    const shown = this.shownWindow;
    shown.views = this.views;
    shown.byteLength = this.views.u8.length;
    return shown;
  }

  /**
   * Makes the memory larger: a `WebAssembly.Memory` by whole pages of 64 KiB, a resizable buffer to the byte.
   *
   * @param bytes - at least how many more; 0 or more
   * @returns the new length in bytes
   * @throws {@link MemoryError} `memory/cannot-grow` when the buffer is of fixed size or at its maximum
   */
  grow(bytes: number): number {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw optionError("bytes", "0 or more", bytes);
    if (this.fixedLength !== undefined)
      throw new MemoryError("memory/cannot-grow", "the memory has a fixed byteLength");
    growSource(this.source, bytes);
    return this.byteLength;
  }

  /** Index of `length` bytes at `at`, once it is certain that they are inside. */
  private locate(at: Ptr, length: number): number {
    this.renewIfStale();
    const index = at - this.base;
    if (!Number.isSafeInteger(length) || length < 0)
      throw new MemoryError(
        "memory/out-of-bounds",
        `expected a length of 0 bytes or more, got ${String(length)}, at`,
        at,
      );
    if (!Number.isSafeInteger(index) || index < 0 || index + length > this.views.u8.length) {
      const end = hex(this.base + this.views.u8.length);
      throw new MemoryError("memory/out-of-bounds", `${length} bytes are not inside ${hex(this.base)}..${end}`, at);
    }
    return index;
  }

  /** Index in `u32` for an atomic access. */
  private locateWord(at: Ptr): number {
    const index = this.locate(at, 4);
    if (index % 4 !== 0) throw new MemoryError("memory/misaligned", "an atomic access needs a multiple of 4", at);
    return index / 4;
  }

  /** Makes the views anew when the buffer was replaced or has grown. */
  private renewIfStale(): void {
    const { u8 } = this.views;
    if (u8.buffer === this.source.buffer && u8.length === this.lengthNow()) return;
    this.makeViews();
    this.renewals++;
  }

  private lengthNow(): number {
    // A detached buffer has length 0.
    const available = Math.max(0, this.source.buffer.byteLength - this.byteOffset);
    return this.fixedLength === undefined ? available : Math.min(this.fixedLength, available);
  }

  private makeViews(): void {
    const { buffer } = this.source;
    const start = this.byteOffset;
    const length = this.lengthNow();
    this.data = new DataView(buffer, start, length);
    this.views = viewsOf(buffer, start, length);
  }
}

function optionError(name: string, expected: string, got: number): MemoryError {
  return new MemoryError("memory/options", `${name}: expected ${expected}, got ${String(got)}`);
}
