/**
 * The memory that a program under the sanitizer sees: each access is looked up in the shadow map, then made.
 *
 * What is not of a block is not judged. An access that is refused as no range of addresses, or by the memory beneath,
 * changes no shadow.
 *
 * Windows would let accesses past the checks. So one is given over bytes only that may be read and written in any way
 * without a finding: around an address whose byte was written, the neighbours in the same block (and page of 4096)
 * that were written too; else the one byte, which counts as written from then on if the window is for writing. What a
 * window does not reach comes to the checked methods. Each allocation and each free ends all windows.
 *
 * @module
 */
import type { Memory, Ptr, Views, Window } from "@kmem/memory";
import type { Judge } from "./judge.ts";
import { BAD, fourLack, FRESH, markFour, PAGE_SIZE, UNKNOWN, WRITTEN, type Shadow } from "./shadow.ts";

export class CheckedMemory implements Memory {
  readonly isShared: boolean;
  private readonly raw: Memory;
  private readonly shadow: Shadow;
  private readonly judge: Judge;
  private rawGeneration: number;
  private renewals = 0;
  private readonly shownWindow: { views: Views; address: Ptr; firstIndex: number; byteLength: number };

  constructor(raw: Memory, shadow: Shadow, judge: Judge) {
    this.isShared = raw.isShared;
    this.raw = raw;
    this.shadow = shadow;
    this.judge = judge;
    this.rawGeneration = raw.generation;
    // Filled by the first call of `window`.
    this.shownWindow = { views: undefined as unknown as Views, address: 0, firstIndex: 0, byteLength: 0 };
  }

  get generation(): number {
    const { generation } = this.raw;
    if (generation !== this.rawGeneration) {
      this.rawGeneration = generation;
      this.renewals++;
    }
    return this.renewals;
  }

  /** Ends all windows. */
  endWindows(): void {
    this.renewals++;
  }

  readU8(at: Ptr): number {
    if (!this.isWritten(at, 1)) this.judgeRead(at, 1, "readU8");
    return this.raw.readU8(at);
  }

  readU16(at: Ptr): number {
    if (!this.isWritten(at, 2)) this.judgeRead(at, 2, "readU16");
    return this.raw.readU16(at);
  }

  readU32(at: Ptr): number {
    if (!this.isWritten(at, 4)) this.judgeRead(at, 4, "readU32");
    return this.raw.readU32(at);
  }

  readU64(at: Ptr): bigint {
    if (!this.isWritten(at, 8)) this.judgeRead(at, 8, "readU64");
    return this.raw.readU64(at);
  }

  readF32(at: Ptr): number {
    if (!this.isWritten(at, 4)) this.judgeRead(at, 4, "readF32");
    return this.raw.readF32(at);
  }

  readF64(at: Ptr): number {
    if (!this.isWritten(at, 8)) this.judgeRead(at, 8, "readF64");
    return this.raw.readF64(at);
  }

  readUsize(at: Ptr): number {
    if (!this.isWritten(at, 8)) this.judgeRead(at, 8, "readUsize");
    return this.raw.readUsize(at);
  }

  writeU8(at: Ptr, value: number): void {
    if (!this.isLive(at, 1) && !this.mayWrite(at, 1, "writeU8")) return;
    this.raw.writeU8(at, value);
    this.markWritten(at, 1);
  }

  writeU16(at: Ptr, value: number): void {
    if (!this.isLive(at, 2) && !this.mayWrite(at, 2, "writeU16")) return;
    this.raw.writeU16(at, value);
    this.markWritten(at, 2);
  }

  writeU32(at: Ptr, value: number): void {
    if (!this.isLive(at, 4) && !this.mayWrite(at, 4, "writeU32")) return;
    this.raw.writeU32(at, value);
    this.markWritten(at, 4);
  }

  writeU64(at: Ptr, value: bigint): void {
    if (!this.isLive(at, 8) && !this.mayWrite(at, 8, "writeU64")) return;
    this.raw.writeU64(at, value);
    this.markWritten(at, 8);
  }

  writeF32(at: Ptr, value: number): void {
    if (!this.isLive(at, 4) && !this.mayWrite(at, 4, "writeF32")) return;
    this.raw.writeF32(at, value);
    this.markWritten(at, 4);
  }

  writeF64(at: Ptr, value: number): void {
    if (!this.isLive(at, 8) && !this.mayWrite(at, 8, "writeF64")) return;
    this.raw.writeF64(at, value);
    this.markWritten(at, 8);
  }

  writeUsize(at: Ptr, value: number): void {
    if (!this.isLive(at, 8) && !this.mayWrite(at, 8, "writeUsize")) return;
    this.raw.writeUsize(at, value);
    this.markWritten(at, 8);
  }

  copy(to: Ptr, from: Ptr, length: number): void {
    const mayRead = this.judge.mayTouch(from, length, "read", this, "copy");
    if (!this.mayWrite(to, length, "copy") || !mayRead) return;
    this.raw.copy(to, from, length);
    if (this.shadow.copy(to, from, length)) this.endWindows();
  }

  fill(at: Ptr, byte: number, length: number): void {
    if (!this.mayWrite(at, length, "fill")) return;
    this.raw.fill(at, byte, length);
    this.shadow.markWritten(at, length);
  }

  readBytes(at: Ptr, into: Uint8Array): void {
    this.judgeRead(at, into.length, "readBytes");
    this.raw.readBytes(at, into);
  }

  writeBytes(at: Ptr, from: Uint8Array): void {
    if (!this.mayWrite(at, from.length, "writeBytes")) return;
    this.raw.writeBytes(at, from);
    this.shadow.markWritten(at, from.length);
  }

  loadU32(at: Ptr): number {
    if (!this.isWritten(at, 4)) this.judgeRead(at, 4, "loadU32");
    return this.raw.loadU32(at);
  }

  storeU32(at: Ptr, value: number): void {
    if (!this.isLive(at, 4) && !this.mayWrite(at, 4, "storeU32")) return;
    this.raw.storeU32(at, value);
    this.markWritten(at, 4);
  }

  addU32(at: Ptr, value: number): number {
    if (!this.isWritten(at, 4) && !this.mayUpdate(at, "addU32")) return this.raw.loadU32(at);
    const before = this.raw.addU32(at, value);
    this.markWritten(at, 4);
    return before;
  }

  compareExchangeU32(at: Ptr, expected: number, replacement: number): number {
    if (!this.isWritten(at, 4) && !this.mayUpdate(at, "compareExchangeU32")) return this.raw.loadU32(at);
    const before = this.raw.compareExchangeU32(at, expected, replacement);
    this.markWritten(at, 4);
    return before;
  }

  waitU32(at: Ptr, expected: number, timeout: number): "ok" | "not-equal" | "timed-out" {
    if (!this.isWritten(at, 4)) this.judgeRead(at, 4, "waitU32");
    return this.raw.waitU32(at, expected, timeout);
  }

  notifyU32(at: Ptr, count: number): number {
    if (!this.isLive(at, 4)) this.judge.mayTouch(at, 4, "read", this, "notifyU32");
    return this.raw.notifyU32(at, count);
  }

  window(at: Ptr, forWriting: boolean): Window {
    if (forWriting) {
      if (this.isLive(at, 1) || this.mayWrite(at, 1, "window")) this.markWritten(at, 1);
    } else if (!this.isWritten(at, 1)) this.judgeRead(at, 1, "window");
    const { views, firstIndex, address, byteLength } = this.raw.window(at, forWriting);
    const offset = at & (PAGE_SIZE - 1);
    const page = this.shadow.page(at - offset).bytes;
    const state = page[offset];
    let from = offset;
    let to = offset + 1;
    if (state === WRITTEN || state === UNKNOWN) {
      while (from > 0 && page[from - 1] === state) from--;
      while (to < PAGE_SIZE && page[to] === state) to++;
    }
    const low = Math.max(address, at - offset + from);
    const shown = this.shownWindow;
    shown.views = views;
    shown.address = low;
    shown.firstIndex = firstIndex + (low - address);
    shown.byteLength = Math.min(address + byteLength, at - offset + to) - low;
    return shown;
  }

  // The fast answers. What they say no to may still be right: the judge looks closer.

  /** Whether these bytes, 1, 2, 4 or 8, lie in one page and may all be read. */
  private isWritten(at: Ptr, length: number): boolean {
    return this.lack(at, length, BAD | FRESH);
  }

  /** Likewise, written. */
  private isLive(at: Ptr, length: number): boolean {
    return this.lack(at, length, BAD);
  }

  private lack(at: Ptr, length: number, bits: number): boolean {
    const offset = at & (PAGE_SIZE - 1);
    const { bytes, words } = this.shadow.page(at - offset);
    if ((offset & 3) === 0 && length >= 4) {
      const index = offset >>> 2;
      if (length === 4) return fourLack(words, index, bits);
      return offset + 8 <= PAGE_SIZE && fourLack(words, index, bits) && fourLack(words, index + 1, bits);
    }
    for (let i = offset; i < offset + length; i++) if ((bytes[i]! & bits) !== 0) return false;
    return offset + length <= PAGE_SIZE;
  }

  private markWritten(at: Ptr, length: number): void {
    if ((at & 3) === 0 && length === 4) {
      const offset = at & (PAGE_SIZE - 1);
      markFour(this.shadow.page(at - offset).words, offset >>> 2);
    } else this.shadow.markWritten(at, length);
  }

  private judgeRead(at: Ptr, length: number, method: string): void {
    if (this.judge.mayTouch(at, length, "read", this, method)) this.judge.mustBeWritten(at, length, this, method);
  }

  private mayWrite(at: Ptr, length: number, method: string): boolean {
    return this.judge.mayTouch(at, length, "write", this, method);
  }

  /** For what reads and writes the u32 at `at` in one. */
  private mayUpdate(at: Ptr, method: string): boolean {
    if (!this.mayWrite(at, 4, method)) return false;
    this.judge.mustBeWritten(at, 4, this, method);
    return true;
  }
}
