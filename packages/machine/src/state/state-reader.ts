/**
 * Reads fields in the order in which they were written, and refuses what no writer writes.
 *
 * @module
 */
import { MachineStateError } from "./errors.ts";
import type { StateTransfer } from "./transfer.ts";

const TWO_32 = 0x1_0000_0000;

/** The fields of one section. */
export class StateReader implements StateTransfer {
  readonly isLoading = true;
  private readonly section: string;
  private readonly payload: Uint8Array;
  private readonly data: DataView;
  private at = 0;

  /** @param section - the name, for errors */
  constructor(section: string, payload: Uint8Array) {
    this.section = section;
    this.payload = payload;
    this.data = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  }

  flag(_value?: boolean): boolean {
    return this.u8(0, 1) === 1;
  }

  u8(_value = 0, max = 0xff): number {
    return this.atMost(this.data.getUint8(this.take(1)), max);
  }

  u16(_value = 0, max = 0xffff): number {
    return this.atMost(this.data.getUint16(this.take(2), true), max);
  }

  u32(_value = 0, max = 0xffff_ffff): number {
    return this.atMost(this.data.getUint32(this.take(4), true), max);
  }

  integer(_value = 0, min: number = Number.MIN_SAFE_INTEGER, max: number = Number.MAX_SAFE_INTEGER): number {
    const low = this.u32();
    const value = this.data.getInt32(this.take(4), true) * TWO_32 + low;
    this.check(value >= min && value <= max, "a number in its range");
    return value;
  }

  optional(_value: number | undefined, max: number, min = 0): number | undefined {
    const kind = this.u8(0, max === Infinity ? 2 : 1);
    if (kind === 1) return this.integer(0, min, Math.min(max, Number.MAX_SAFE_INTEGER));
    return kind === 2 ? Infinity : undefined;
  }

  bytes(value: Uint8Array): void {
    const at = this.take(value.length);
    value.set(this.payload.subarray(at, at + value.length));
  }

  text(_value?: string): string {
    const length = this.u32();
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.u16());
    return text;
  }

  check(isRight: boolean, expected: string): void {
    if (!isRight)
      throw new MachineStateError("machine-state/damaged", `expected ${expected}, got something else`, this.section);
  }

  /** @throws {@link MachineStateError} `machine-state/damaged` unless all was read */
  finish(): void {
    this.check(this.at === this.payload.length, "the section to end here");
  }

  private atMost(value: number, max: number): number {
    this.check(value <= max, "a number in its range");
    return value;
  }

  private take(size: number): number {
    const { at } = this;
    this.check(size <= this.payload.length - at, "more bytes");
    this.at += size;
    return at;
  }
}
