/**
 * Memory as the kernel sees it: every access goes through the MMU.
 *
 * ```
 *   readU32(at):   slot = bits 23 … 12 of at ⊕ salt
 *                  readTags[slot] === the page of at ?  ──▶  RAM[frames[slot] + offset]           (a hit)
 *                                                      no ▶  walk the tables, keep the result     (a miss)
 *                                                  refused ▶  exception; its handler returns; again
 * ```
 * An access is one instruction: when it is refused nothing has been written, also where it straddles two pages or
 * copies many; when the handler has mended the cause and returns, the access is made again from its beginning.
 *
 * @module
 */
import { MemoryError, type Memory, type Ptr, type Views, type Window } from "@kmem/memory";
import { FAULT, READ, WRITE } from "./access.ts";
import { CpuException } from "./errors.ts";
import type { Mmu } from "./mmu.ts";
import type { TranslationCache } from "./translation-cache.ts";

const PAGE_SIZE = 4096;
const TWO_32 = 0x1_0000_0000;
/** In place of a physical address: the access lies in two pages. */
const SPLIT = -2;

/** Delivers the exception that the MMU holds. */
export interface FaultHandler {
  /**
   * @param tries - how often this access was refused before
   * @returns true to make the access again; false when the handler has skipped it
   */
  deliverFault(tries: number): boolean;
}

interface PageWindow {
  views: Views;
  address: Ptr;
  firstIndex: number;
  byteLength: number;
}

/** Virtual memory of the address space that is in force. */
export class VirtualMemory implements Memory {
  /** One CPU: nobody else reaches these bytes, except its own interrupt handlers. */
  readonly isShared = false;

  private readonly mmu: Mmu;
  private readonly faults: FaultHandler;
  private readonly cache: TranslationCache;
  private readonly readTags: Float64Array;
  private readonly writeTags: Float64Array;
  private readonly frames: Int32Array;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;
  private readonly u32: Uint32Array;
  private readonly data: DataView;
  private readonly shownWindow: PageWindow;

  /** The address of an access that misses: as an argument of a call V8 would put it into an object of its own. */
  private readonly missed = new Float64Array(1);
  // An access across two pages: where its bytes are, and the value.
  private first = 0;
  private second = 0;
  private readonly value = new DataView(new ArrayBuffer(8));
  private readonly valueBytes = new Uint8Array(this.value.buffer);

  /** @param faults - without it a refused access throws {@link CpuException} */
  constructor(mmu: Mmu, faults?: FaultHandler) {
    this.mmu = mmu;
    this.faults = faults ?? new ThrowingFaults(mmu);
    this.cache = mmu.cache;
    this.readTags = mmu.cache.readTags;
    this.writeTags = mmu.cache.writeTags;
    this.frames = mmu.cache.frames;
    const { views } = mmu.ram;
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.data = new DataView(views.u8.buffer, views.u8.byteOffset, views.u8.byteLength);
    this.shownWindow = { views, address: 0, firstIndex: 0, byteLength: PAGE_SIZE };
  }

  get generation(): number {
    return this.cache.generation;
  }

  // The fast paths. A tag is a multiple of 4096, so an address that is no whole number misses, and so does NaN; the bits
  // that must be zero are left in what is compared, so an address that is not aligned misses too. The results of the slow
  // ways are cut to their type, or the compiler would have to expect any value and would box what it reads.

  readU8(at: Ptr): number {
    const offset = at & 4095;
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.readTags[slot] === at - offset) return this.u8[this.frames[slot]! + offset]!;
    this.missed[0] = at;
    return this.readU8Slowly() & 0xff;
  }

  readU16(at: Ptr): number {
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.readTags[slot] === at - (at & 4094)) return this.u16[(this.frames[slot]! + (at & 4095)) >>> 1]!;
    this.missed[0] = at;
    return this.readU16Slowly() & 0xffff;
  }

  readU32(at: Ptr): number {
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.readTags[slot] === at - (at & 4092)) return this.u32[(this.frames[slot]! + (at & 4095)) >>> 2]!;
    this.missed[0] = at;
    return this.readU32Slowly() >>> 0;
  }

  readU64(at: Ptr): bigint {
    const physical = this.locate(at, 8, READ);
    if (physical >= 0) return this.data.getBigUint64(physical, true);
    return physical === SPLIT ? this.gather(at & 4095, 8).getBigUint64(0, true) : ZERO;
  }

  readF32(at: Ptr): number {
    const physical = this.locate(at, 4, READ);
    if (physical >= 0) return this.data.getFloat32(physical, true);
    return physical === SPLIT ? this.gather(at & 4095, 4).getFloat32(0, true) : 0;
  }

  readF64(at: Ptr): number {
    const physical = this.locate(at, 8, READ);
    if (physical >= 0) return this.data.getFloat64(physical, true);
    return physical === SPLIT ? this.gather(at & 4095, 8).getFloat64(0, true) : 0;
  }

  readUsize(at: Ptr): number {
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.readTags[slot] === at - (at & 4088)) {
      const index = (this.frames[slot]! + (at & 4095)) >>> 2;
      const high = this.u32[index + 1]!;
      if (high < 0x20_0000) return high * TWO_32 + this.u32[index]!;
    }
    this.missed[0] = at;
    return this.readUsizeSlowly();
  }

  writeU8(at: Ptr, value: number): void {
    const offset = at & 4095;
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.writeTags[slot] === at - offset) this.u8[this.frames[slot]! + offset] = value;
    else {
      this.missed[0] = at;
      this.writeU8Slowly(value | 0);
    }
  }

  writeU16(at: Ptr, value: number): void {
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.writeTags[slot] === at - (at & 4094)) this.u16[(this.frames[slot]! + (at & 4095)) >>> 1] = value;
    else {
      this.missed[0] = at;
      this.writeU16Slowly(value | 0);
    }
  }

  writeU32(at: Ptr, value: number): void {
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.writeTags[slot] === at - (at & 4092)) this.u32[(this.frames[slot]! + (at & 4095)) >>> 2] = value;
    else {
      this.missed[0] = at;
      this.writeU32Slowly(value | 0);
    }
  }

  writeU64(at: Ptr, value: bigint): void {
    // Converted first: what is no bigint must be refused before anything else happens.
    this.value.setBigUint64(0, value, true);
    const low = this.value.getUint32(0, true);
    const high = this.value.getUint32(4, true);
    this.writePair(at, low, high);
  }

  writeF32(at: Ptr, value: number): void {
    const physical = this.locate(at, 4, WRITE);
    if (physical >= 0) this.data.setFloat32(physical, value, true);
    else if (physical === SPLIT) {
      this.value.setFloat32(0, value, true);
      this.scatter(at & 4095, 4);
    }
  }

  writeF64(at: Ptr, value: number): void {
    const physical = this.locate(at, 8, WRITE);
    if (physical >= 0) this.data.setFloat64(physical, value, true);
    else if (physical === SPLIT) {
      this.value.setFloat64(0, value, true);
      this.scatter(at & 4095, 8);
    }
  }

  writeUsize(at: Ptr, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new MemoryError("memory/not-safe", `expected 0 … 2^53 − 1 to write, got ${String(value)}, at`, at);
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    if (this.writeTags[slot] === at - (at & 4088)) {
      const index = (this.frames[slot]! + (at & 4095)) >>> 2;
      this.u32[index] = value;
      this.u32[index + 1] = value / TWO_32;
      return;
    }
    this.writePair(at, value % TWO_32, Math.floor(value / TWO_32));
  }

  // Many bytes: first every page is made certain, then they are moved, page by page.

  copy(to: Ptr, from: Ptr, length: number): void {
    checkLength(length, to);
    if (!this.ensure(from, length, READ) || !this.ensure(to, length, WRITE)) return;
    const { u8 } = this;
    // Upwards a byte might be overwritten before it was read, if the target starts inside the source.
    const downwards = to > from && to < from + length;
    for (let left = length; left > 0;) {
      const done = length - left;
      let size: number;
      let start: number;
      if (downwards) {
        size = Math.min(left, bytesBefore(from + left), bytesBefore(to + left));
        start = left - size;
      } else {
        size = Math.min(left, bytesBehind(from + done), bytesBehind(to + done));
        start = done;
      }
      const source = this.locate(from + start, 1, READ);
      const target = this.locate(to + start, 1, WRITE);
      if (source < 0 || target < 0) return;
      u8.copyWithin(target, source, source + size);
      left -= size;
    }
  }

  fill(at: Ptr, byte: number, length: number): void {
    checkLength(length, at);
    if (!this.ensure(at, length, WRITE)) return;
    for (let done = 0; done < length;) {
      const size = Math.min(length - done, bytesBehind(at + done));
      const physical = this.locate(at + done, 1, WRITE);
      if (physical < 0) return;
      this.u8.fill(byte, physical, physical + size);
      done += size;
    }
  }

  readBytes(at: Ptr, into: Uint8Array): void {
    const { length } = into;
    if (!this.ensure(at, length, READ)) return;
    for (let done = 0; done < length;) {
      const size = Math.min(length - done, bytesBehind(at + done));
      const physical = this.locate(at + done, 1, READ);
      if (physical < 0) return;
      into.set(this.u8.subarray(physical, physical + size), done);
      done += size;
    }
  }

  writeBytes(at: Ptr, from: Uint8Array): void {
    const { length } = from;
    if (!this.ensure(at, length, WRITE)) return;
    for (let done = 0; done < length;) {
      const size = Math.min(length - done, bytesBehind(at + done));
      const physical = this.locate(at + done, 1, WRITE);
      if (physical < 0) return;
      this.u8.set(from.subarray(done, done + size), physical);
      done += size;
    }
  }

  // With one CPU an instruction is atomic by itself. One that reads and writes counts as a write.

  loadU32(at: Ptr): number {
    checkWord(at);
    return this.readU32(at);
  }

  storeU32(at: Ptr, value: number): void {
    checkWord(at);
    this.writeU32(at, value);
  }

  addU32(at: Ptr, value: number): number {
    checkWord(at);
    const physical = this.locate(at, 4, WRITE);
    if (physical < 0) return 0;
    const before = this.u32[physical >>> 2]!;
    this.u32[physical >>> 2] = before + value;
    return before;
  }

  compareExchangeU32(at: Ptr, expected: number, replacement: number): number {
    checkWord(at);
    const physical = this.locate(at, 4, WRITE);
    if (physical < 0) return 0;
    const before = this.u32[physical >>> 2]!;
    if (before === expected >>> 0) this.u32[physical >>> 2] = replacement;
    return before;
  }

  /** @throws MemoryError `memory/cannot-wait`: with one CPU nobody else could wake it */
  waitU32(at: Ptr, _expected: number, _timeout: number): "ok" | "not-equal" | "timed-out" {
    checkWord(at);
    throw new MemoryError("memory/cannot-wait", "the machine has one CPU, so nobody can wake it, at", at);
  }

  notifyU32(at: Ptr, _count: number): number {
    checkWord(at);
    return 0;
  }

  /** The physical bytes of the page that holds `at`: 4 KiB, 2 MiB or 1 GiB as it is mapped. */
  window(at: Ptr, forWriting: boolean): Window {
    const physical = this.locate(at, 1, forWriting ? WRITE : READ);
    const shown = this.shownWindow;
    if (physical < 0) throw new MemoryError("memory/out-of-bounds", "the access was skipped, at", at);
    const size = this.mmu.pageSizeAt(at);
    const inPage = at & (size - 1);
    this.cache.noteWindow();
    shown.address = at - inPage;
    shown.firstIndex = physical - inPage;
    shown.byteLength = Math.min(size, this.u8.length - shown.firstIndex);
    return shown;
  }

  private readU8Slowly(): number {
    const at = this.missed[0]!;
    const physical = this.locate(at, 1, READ);
    return physical < 0 ? 0 : this.u8[physical]!;
  }

  private writeU8Slowly(value: number): void {
    const at = this.missed[0]!;
    const physical = this.locate(at, 1, WRITE);
    if (physical >= 0) this.u8[physical] = value;
  }

  private readU16Slowly(): number {
    const at = this.missed[0]!;
    const physical = this.locate(at, 2, READ);
    if (physical >= 0) return this.data.getUint16(physical, true);
    return physical === SPLIT ? this.gather(at & 4095, 2).getUint16(0, true) : 0;
  }

  private writeU16Slowly(value: number): void {
    const at = this.missed[0]!;
    const physical = this.locate(at, 2, WRITE);
    if (physical >= 0) this.data.setUint16(physical, value, true);
    else if (physical === SPLIT) {
      this.value.setUint16(0, value, true);
      this.scatter(at & 4095, 2);
    }
  }

  private readU32Slowly(): number {
    const at = this.missed[0]!;
    const physical = this.locate(at, 4, READ);
    if (physical >= 0) return this.data.getUint32(physical, true);
    return physical === SPLIT ? this.gather(at & 4095, 4).getUint32(0, true) : 0;
  }

  private writeU32Slowly(value: number): void {
    const at = this.missed[0]!;
    const physical = this.locate(at, 4, WRITE);
    if (physical >= 0) this.data.setUint32(physical, value, true);
    else if (physical === SPLIT) {
      this.value.setUint32(0, value, true);
      this.scatter(at & 4095, 4);
    }
  }

  private readUsizeSlowly(): number {
    const at = this.missed[0]!;
    const physical = this.locate(at, 8, READ);
    if (physical < 0 && physical !== SPLIT) return 0;
    const data = physical === SPLIT ? this.gather(at & 4095, 8) : this.data;
    const index = physical === SPLIT ? 0 : physical;
    const high = data.getUint32(index + 4, true);
    if (high >= 0x20_0000) throw new MemoryError("memory/not-safe", "8 bytes hold 2^53 or more, read at", at);
    return high * TWO_32 + data.getUint32(index, true);
  }

  private writePair(at: Ptr, low: number, high: number): void {
    const physical = this.locate(at, 8, WRITE);
    const data = physical === SPLIT ? this.value : this.data;
    const index = physical === SPLIT ? 0 : physical;
    if (index < 0) return;
    data.setUint32(index, low, true);
    data.setUint32(index + 4, high, true);
    if (physical === SPLIT) this.scatter(at & 4095, 8);
  }

  /**
   * Makes sure of `size` bytes, at most 8.
   *
   * @returns their physical address; {@link SPLIT} when they lie in two pages, whose physical addresses are then in `first`
   *   and `second`; {@link FAULT} when the access was refused and its handler has skipped it
   */
  private locate(at: Ptr, size: number, access: number): number {
    const offset = at & 4095;
    if (offset + size > PAGE_SIZE) {
      this.missed[0] = at;
      return this.locateBoth(access);
    }
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    const tags = access === READ ? this.readTags : this.writeTags;
    if (tags[slot] === at - offset) return this.frames[slot]! + offset;
    for (let tries = 0; ; tries++) {
      const physical = this.mmu.translate(at, access);
      if (physical >= 0 || !this.faults.deliverFault(tries)) return physical;
    }
  }

  private locateBoth(access: number): number {
    const { mmu, frames } = this;
    const at = this.missed[0]!;
    const offset = at & 4095;
    const next = at - offset + PAGE_SIZE;
    const tags = access === READ ? this.readTags : this.writeTags;
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    const nextSlot = ((next >>> 12) & 4095) ^ this.cache.salt;
    if (tags[slot] === at - offset && tags[nextSlot] === next) {
      this.first = frames[slot]! + offset;
      this.second = frames[nextSlot]!;
      return SPLIT;
    }
    for (let tries = 0; ; tries++) {
      // No bit of the first page changes before the second is certain.
      if (mmu.check(at, access)) {
        this.second = mmu.translate(next, access);
        if (this.second >= 0) {
          this.first = mmu.translate(at, access);
          return SPLIT;
        }
      }
      if (!this.faults.deliverFault(tries)) return FAULT;
    }
  }

  /** Reads an access across two pages. @param offset - in the first page */
  private gather(offset: number, size: number): DataView {
    const inFirst = PAGE_SIZE - offset;
    for (let i = 0; i < inFirst; i++) this.valueBytes[i] = this.u8[this.first + i]!;
    for (let i = inFirst; i < size; i++) this.valueBytes[i] = this.u8[this.second + i - inFirst]!;
    return this.value;
  }

  /** Writes one, likewise. */
  private scatter(offset: number, size: number): void {
    const inFirst = PAGE_SIZE - offset;
    for (let i = 0; i < inFirst; i++) this.u8[this.first + i] = this.valueBytes[i]!;
    for (let i = inFirst; i < size; i++) this.u8[this.second + i - inFirst] = this.valueBytes[i]!;
  }

  /** Lets every page of a range fault that would. @returns false when a handler has skipped the access */
  private ensure(at: Ptr, length: number, access: number): boolean {
    for (let done = 0; done < length; done += bytesBehind(at + done))
      if (this.locate(at + done, 1, access) < 0) return false;
    return true;
  }
}

/** What a virtual memory does that has no CPU. */
class ThrowingFaults implements FaultHandler {
  private readonly mmu: Mmu;

  constructor(mmu: Mmu) {
    this.mmu = mmu;
  }

  deliverFault(): never {
    const { faultVector, faultErrorCode, faultAddress } = this.mmu;
    throw new CpuException(faultVector, faultErrorCode, faultAddress);
  }
}

const ZERO = BigInt(0);

function bytesBehind(at: Ptr): number {
  return PAGE_SIZE - (at & 4095);
}

/** Bytes of the page in which a range ends that lie before its end. */
function bytesBefore(end: Ptr): number {
  return ((end - 1) & 4095) + 1;
}

function checkLength(length: number, at: Ptr): void {
  if (!Number.isSafeInteger(length) || length < 0)
    throw new MemoryError(
      "memory/out-of-bounds",
      `expected a length of 0 bytes or more, got ${String(length)}, at`,
      at,
    );
}

function checkWord(at: Ptr): void {
  if ((at & 3) !== 0) throw new MemoryError("memory/misaligned", "an atomic access needs a multiple of 4", at);
}
