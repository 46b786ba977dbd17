/**
 * Bytes in the order in which they came; taking one is O(1) also from a long queue.
 *
 * @module
 */

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
}
