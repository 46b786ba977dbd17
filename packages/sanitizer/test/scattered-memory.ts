/**
 * Memory whose neighbouring pages are not neighbouring bytes, as virtual memory is: page i lies where another would.
 */
import { LinearMemory, type Memory, type Ptr, type Window } from "@kmem/memory";

const PAGE = 4096;

export class ScatteredMemory implements Memory {
  readonly isShared = false;
  generation = 0;
  readonly base: Ptr;
  private readonly pages: number;
  private readonly linear: LinearMemory;

  constructor(base: Ptr, pages: number) {
    this.base = base;
    this.pages = pages;
    this.linear = new LinearMemory(new ArrayBuffer(pages * PAGE));
  }

  /** Where a byte lies. Page i lies at place pages − 1 − i. */
  private place(at: Ptr): Ptr {
    const index = at - this.base;
    const page = Math.floor(index / PAGE);
    if (!(page >= 0 && page < this.pages) || !Number.isSafeInteger(at)) throw new RangeError(`page fault at ${at}`);
    return (this.pages - 1 - page) * PAGE + (index % PAGE);
  }

  private gather(at: Ptr, length: number): DataView {
    const value = new DataView(new ArrayBuffer(length));
    for (let i = 0; i < length; i++) value.setUint8(i, this.linear.readU8(this.place(at + i)));
    return value;
  }

  private scatter(at: Ptr, value: DataView): void {
    const places = Array.from({ length: value.byteLength }, (_, i) => this.place(at + i));
    places.forEach((place, i) => this.linear.writeU8(place, value.getUint8(i)));
  }

  private scatterNew(at: Ptr, length: number, set: (value: DataView) => void): void {
    const value = new DataView(new ArrayBuffer(length));
    set(value);
    this.scatter(at, value);
  }

  readU8 = (at: Ptr): number => this.gather(at, 1).getUint8(0);
  readU16 = (at: Ptr): number => this.gather(at, 2).getUint16(0, true);
  readU32 = (at: Ptr): number => this.gather(at, 4).getUint32(0, true);
  readU64 = (at: Ptr): bigint => this.gather(at, 8).getBigUint64(0, true);
  readF32 = (at: Ptr): number => this.gather(at, 4).getFloat32(0, true);
  readF64 = (at: Ptr): number => this.gather(at, 8).getFloat64(0, true);
  writeU8 = (at: Ptr, value: number): void => this.scatterNew(at, 1, (v) => v.setUint8(0, value));
  writeU16 = (at: Ptr, value: number): void => this.scatterNew(at, 2, (v) => v.setUint16(0, value, true));
  writeU32 = (at: Ptr, value: number): void => this.scatterNew(at, 4, (v) => v.setUint32(0, value, true));
  writeU64 = (at: Ptr, value: bigint): void => this.scatterNew(at, 8, (v) => v.setBigUint64(0, value, true));
  writeF32 = (at: Ptr, value: number): void => this.scatterNew(at, 4, (v) => v.setFloat32(0, value, true));
  writeF64 = (at: Ptr, value: number): void => this.scatterNew(at, 8, (v) => v.setFloat64(0, value, true));

  readUsize(at: Ptr): number {
    const value = this.readU64(at);
    if (value >= 2n ** 53n) throw new RangeError("not safe");
    return Number(value);
  }

  writeUsize(at: Ptr, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError("not safe");
    this.writeU64(at, BigInt(value));
  }

  copy(to: Ptr, from: Ptr, length: number): void {
    this.scatter(to, this.gather(from, length));
  }

  fill(at: Ptr, byte: number, length: number): void {
    this.scatterNew(at, length, (value) => new Uint8Array(value.buffer).fill(byte));
  }

  readBytes(at: Ptr, into: Uint8Array): void {
    into.set(new Uint8Array(this.gather(at, into.length).buffer));
  }

  writeBytes(at: Ptr, from: Uint8Array): void {
    this.scatterNew(at, from.length, (value) => new Uint8Array(value.buffer).set(from));
  }

  loadU32(at: Ptr): number {
    return this.linear.loadU32(this.place(at));
  }

  storeU32(at: Ptr, value: number): void {
    this.linear.storeU32(this.place(at), value);
  }

  addU32(at: Ptr, value: number): number {
    return this.linear.addU32(this.place(at), value);
  }

  compareExchangeU32(at: Ptr, expected: number, replacement: number): number {
    return this.linear.compareExchangeU32(this.place(at), expected, replacement);
  }

  waitU32(at: Ptr, expected: number, timeout: number): "ok" | "not-equal" | "timed-out" {
    return this.linear.waitU32(this.place(at), expected, timeout);
  }

  notifyU32(at: Ptr, count: number): number {
    return this.linear.notifyU32(this.place(at), count);
  }

  window(at: Ptr, forWriting: boolean): Window {
    const { views } = this.linear.window(0, forWriting);
    const offset = at & (PAGE - 1);
    return { views, address: at - offset, firstIndex: this.place(at) - offset, byteLength: PAGE };
  }
}
