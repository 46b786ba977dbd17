/**
 * Where the bytes of an access lie: what {@link VirtualMemory} does when its fast path does not serve.
 *
 * ```
 *   page of at                  next page
 *   ├──────────────────┬──────┐ ┌──┬────────────────────┤
 *                      │ first│ │ second                       an access across two pages: SPLIT
 *                      └──────┘ └──┘
 * ```
 * Each method makes the access again until it is allowed, or its handler has skipped it; a read that is skipped gives 0.
 *
 * @module
 */
import { MemoryError, type Ptr } from "@kmem/memory";
import { FAULT, READ, WRITE } from "./access.ts";
import { ThrowingFaults, type FaultHandler } from "./fault-handler.ts";
import type { Mmu } from "./mmu.ts";
import type { TranslationCache } from "./translation-cache.ts";

export const PAGE_SIZE = 4096;
export const TWO_32 = 0x1_0000_0000;
/** In place of a physical address: the access lies in two pages. */
export const SPLIT = -2;

/** Accesses through an MMU. */
export abstract class VirtualAccess {
  protected readonly mmu: Mmu;
  protected readonly faults: FaultHandler;
  protected readonly cache: TranslationCache;
  protected readonly readTags: Float64Array;
  protected readonly writeTags: Float64Array;
  protected readonly frames: Int32Array;
  protected readonly u8: Uint8Array;
  protected readonly u16: Uint16Array;
  protected readonly u32: Uint32Array;
  protected readonly data: DataView;

  /** The MMU's own: the address of an access that misses. */
  protected readonly missed: Float64Array;
  // An access across two pages: where its bytes are, and the value.
  protected first = 0;
  protected second = 0;
  protected readonly value: DataView = new DataView(new ArrayBuffer(8));
  protected readonly valueBytes: Uint8Array = new Uint8Array(this.value.buffer);

  /** @param faults - without it a refused access throws {@link CpuException} */
  constructor(mmu: Mmu, faults?: FaultHandler) {
    this.mmu = mmu;
    this.faults = faults ?? new ThrowingFaults(mmu);
    this.cache = mmu.cache;
    this.missed = mmu.missed;
    this.readTags = mmu.cache.readTags;
    this.writeTags = mmu.cache.writeTags;
    this.frames = mmu.cache.frames;
    const { views } = mmu.ram;
    this.u8 = views.u8;
    this.u16 = views.u16;
    this.u32 = views.u32;
    this.data = new DataView(views.u8.buffer, views.u8.byteOffset, views.u8.byteLength);
  }

  protected readU8Slowly(): number {
    const physical = this.locateMissed(1, READ);
    return physical < 0 ? 0 : this.u8[physical]!;
  }

  protected writeU8Slowly(value: number): void {
    const physical = this.locateMissed(1, WRITE);
    if (physical >= 0) this.u8[physical] = value;
  }

  protected readU16Slowly(): number {
    const at = this.missed[0]!;
    const physical = this.locateMissed(2, READ);
    if (physical >= 0) return this.data.getUint16(physical, true);
    return physical === SPLIT ? this.gather(at & 4095, 2).getUint16(0, true) : 0;
  }

  protected writeU16Slowly(value: number): void {
    const at = this.missed[0]!;
    const physical = this.locateMissed(2, WRITE);
    if (physical >= 0) this.data.setUint16(physical, value, true);
    else if (physical === SPLIT) {
      this.value.setUint16(0, value, true);
      this.scatter(at & 4095, 2);
    }
  }

  protected readU32Slowly(): number {
    const at = this.missed[0]!;
    const physical = this.locateMissed(4, READ);
    if (physical >= 0) return this.data.getUint32(physical, true);
    return physical === SPLIT ? this.gather(at & 4095, 4).getUint32(0, true) : 0;
  }

  protected writeU32Slowly(value: number): void {
    const at = this.missed[0]!;
    const physical = this.locateMissed(4, WRITE);
    if (physical >= 0) this.data.setUint32(physical, value, true);
    else if (physical === SPLIT) {
      this.value.setUint32(0, value, true);
      this.scatter(at & 4095, 4);
    }
  }

  protected readUsizeSlowly(): number {
    const at = this.missed[0]!;
    const physical = this.locateMissed(8, READ);
    if (physical < 0 && physical !== SPLIT) return 0;
    const data = physical === SPLIT ? this.gather(at & 4095, 8) : this.data;
    const index = physical === SPLIT ? 0 : physical;
    const high = data.getUint32(index + 4, true);
    if (high >= 0x20_0000) throw new MemoryError("memory/not-safe", "8 bytes hold 2^53 or more, read at", at);
    return high * TWO_32 + data.getUint32(index, true);
  }

  /** Both halves are taken as 32 bits. */
  protected writePairSlowly(low: number, high: number): void {
    const at = this.missed[0]!;
    const physical = this.locateMissed(8, WRITE);
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
   * @returns their physical address; `SPLIT` when they lie in two pages, whose physical addresses are then in `first`
   *   and `second`; {@link FAULT} when the access was refused and its handler has skipped it
   */
  protected locate(at: Ptr, size: number, access: number): number {
    this.missed[0] = at;
    return this.locateMissed(size, access);
  }

  /** Likewise, of the bytes at `missed`. */
  protected locateMissed(size: number, access: number): number {
    const at = this.missed[0]!;
    const offset = at & 4095;
    if (offset + size > PAGE_SIZE) return this.locateBoth(access);
    const slot = ((at >>> 12) & 4095) ^ this.cache.salt;
    const tags = access === READ ? this.readTags : this.writeTags;
    if (tags[slot] === at - offset) return this.frames[slot]! + offset;
    for (let tries = 0; ; tries++) {
      const physical = this.mmu.translateMissed(access);
      if (physical >= 0 || !this.faults.deliverFault(tries)) return physical;
      // The handler has made accesses of its own.
      this.missed[0] = at;
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
  protected gather(offset: number, size: number): DataView {
    const inFirst = PAGE_SIZE - offset;
    for (let i = 0; i < inFirst; i++) this.valueBytes[i] = this.u8[this.first + i]!;
    for (let i = inFirst; i < size; i++) this.valueBytes[i] = this.u8[this.second + i - inFirst]!;
    return this.value;
  }

  /** Writes one, likewise. */
  protected scatter(offset: number, size: number): void {
    const inFirst = PAGE_SIZE - offset;
    for (let i = 0; i < inFirst; i++) this.u8[this.first + i] = this.valueBytes[i]!;
    for (let i = inFirst; i < size; i++) this.u8[this.second + i - inFirst] = this.valueBytes[i]!;
  }

  /** Lets every page of a range fault that would. @returns false when a handler has skipped the access */
  protected ensure(at: Ptr, length: number, access: number): boolean {
    for (let done = 0; done < length; done += bytesBehind(at + done))
      if (this.locate(at + done, 1, access) < 0) return false;
    return true;
  }
}

/** Bytes of a page from an address to the page's end. */
export function bytesBehind(at: Ptr): number {
  return PAGE_SIZE - (at & 4095);
}
