/**
 * Bytes in the order in which they came; taking one is O(1) also from a long queue.
 *
 * @module
 */
import type { StateTransfer } from "../state/transfer.ts";

/** Taken bytes are cut off once there are so many of them. */
const CUT = 4096;

export class ByteQueue {
  private bytes: number[] = [];
  private head = 0;

  get length(): number {
    return this.bytes.length - this.head;
  }

  push(byte: number): void {
    this.bytes.push(byte);
  }

  /** @returns the oldest byte; undefined when there is none */
  shift(): number | undefined {
    if (this.length === 0) return undefined;
    const byte = this.bytes[this.head++];
    if (this.length === 0) this.clear();
    else if (this.head === CUT) {
      this.bytes = this.bytes.slice(CUT);
      this.head = 0;
    }
    return byte;
  }

  clear(): void {
    this.bytes = [];
    this.head = 0;
  }

  /** @internal saves or loads it. @param max - the largest value that is in it */
  transfer(state: StateTransfer, max = 0xff): void {
    const before = this.bytes.slice(this.head);
    const count = state.u32(before.length);
    this.clear();
    for (let i = 0; i < count; i++) this.bytes.push(state.u16(before[i] ?? 0, max));
  }
}
