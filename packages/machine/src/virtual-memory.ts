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
import { READ, WRITE } from "./access.ts";
import type { FaultHandler } from "./fault-handler.ts";
import type { Mmu } from "./mmu.ts";
import { PAGE_SIZE, SPLIT, TWO_32 } from "./virtual-access.ts";
import { VirtualBytes } from "./virtual-bytes.ts";

const ZERO = BigInt(0);

interface PageWindow {
  views: Views;
  address: Ptr;
  firstIndex: number;
  byteLength: number;
}

/** Virtual memory of the address space that is in force. */
export class VirtualMemory extends VirtualBytes implements Memory {
  /** One CPU: nobody else reaches these bytes, except its own interrupt handlers. */
  readonly isShared = false;
  private readonly shownWindow: PageWindow;

  /** @param faults - without it a refused access throws {@link CpuException} */
  constructor(mmu: Mmu, faults?: FaultHandler) {
    super(mmu, faults);
    this.shownWindow = { views: mmu.ram.views, address: 0, firstIndex: 0, byteLength: PAGE_SIZE };
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
    this.missed[0] = at;
    this.writePairSlowly(low | 0, high | 0);
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
    this.missed[0] = at;
    this.writePairSlowly(value | 0, (value / TWO_32) | 0);
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
}

function checkWord(at: Ptr): void {
  if ((at & 3) !== 0) throw new MemoryError("memory/misaligned", "an atomic access needs a multiple of 4", at);
}
