/**
 * Writes fields one behind the other.
 *
 * @module
 */
import type { StateTransfer } from "./transfer.ts";

const FIRST_CAPACITY = 1024;
const TWO_32 = 0x1_0000_0000;

/** Bytes that grow as they are written. */
export class StateWriter implements StateTransfer {
  readonly isLoading = false;
  private buffer: Uint8Array;
  private data: DataView;
  private end = 0;

  /** @param capacity - bytes for which there is room from the start */
  constructor(capacity: number = FIRST_CAPACITY) {
    this.buffer = new Uint8Array(capacity);
    this.data = new DataView(this.buffer.buffer);
  }

  /** What was written: a view that the next write may leave behind. */
  get written(): Uint8Array {
    return this.buffer.subarray(0, this.end);
  }

  flag(value: boolean): boolean {
    this.u8(value ? 1 : 0);
    return value;
  }

  u8(value: number): number {
    this.data.setUint8(this.take(1), value);
    return value;
  }

  u16(value: number): number {
    this.data.setUint16(this.take(2), value, true);
    return value;
  }

  u32(value: number): number {
    this.data.setUint32(this.take(4), value, true);
    return value;
  }

  integer(value: number): number {
    this.u32(value);
    this.u32(Math.floor(value / TWO_32));
    return value;
  }

  optional(value: number | undefined): number | undefined {
    this.u8(value === undefined ? 0 : value === Infinity ? 2 : 1);
    if (value !== undefined && value !== Infinity) this.integer(value);
    return value;
  }

  bytes(value: Uint8Array): void {
    const at = this.take(value.length);
    this.buffer.set(value, at);
  }

  text(value: string): string {
    this.u32(value.length);
    for (let i = 0; i < value.length; i++) this.u16(value.charCodeAt(i));
    return value;
  }

  check(): void {
    // What the machine holds is right.
  }

  /** Makes room. @returns where */
  private take(size: number): number {
    const at = this.end;
    this.end += size;
    if (this.end > this.buffer.length) this.grow();
    return at;
  }

  private grow(): void {
    const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.end));
    grown.set(this.buffer);
    this.buffer = grown;
    this.data = new DataView(grown.buffer);
  }
}
