/**
 * A range of 4 KiB frames, by their numbers: address / 4096.
 *
 * ```
 *   address   0x0      0x1000   0x2000   0x3000   0x4000
 *             │ frame 0│ frame 1│ frame 2│ frame 3│
 *                      └─────────────────┘
 *                      startFrameNumber 1, endFrameNumber 3 (exclusive)
 * ```
 *
 * @see https://docs.rs/bootloader/0.9/bootloader/bootinfo/struct.FrameRange.html
 * @module
 */
import { hex, type Ptr } from "@kmem/memory";
import type { PhysAddr } from "@kmem/x86-64";
import { MemoryMapError } from "../errors.ts";

/** Bytes of a frame. */
export const FRAME_SIZE = 4096;
/** Frames of the 52 bits of physical addresses. */
export const MAX_FRAME_NUMBER: number = 2 ** 40;

/** The two numbers of a range. */
export interface FrameNumbers {
  readonly startFrameNumber: number;
  /** Exclusive. */
  readonly endFrameNumber: number;
}

/** Frames from one number up to but not including another. */
export class FrameRange implements FrameNumbers {
  readonly startFrameNumber: number;
  readonly endFrameNumber: number;

  private constructor(startFrameNumber: number, endFrameNumber: number) {
    this.startFrameNumber = startFrameNumber;
    this.endFrameNumber = endFrameNumber;
  }

  /**
   * The frames that the addresses from `startAddr` up to but not including `endAddr` touch.
   *
   * @param startAddr - 0 … 2^52
   * @param endAddr - `startAddr` … 2^52
   * @throws {@link MemoryMapError} `memory-map/range`
   * @example String(FrameRange.new(0x1000, 0x2800)) // => "FrameRange(0x1000..0x3000)"
   */
  static new(startAddr: Ptr, endAddr: Ptr): FrameRange {
    const isRange = Number.isSafeInteger(startAddr) && Number.isSafeInteger(endAddr);
    if (!isRange || startAddr < 0 || endAddr < startAddr || endAddr > MAX_FRAME_NUMBER * FRAME_SIZE)
      throw new MemoryMapError(
        "memory-map/range",
        `expected addresses in order up to 2^52, got ${printed(startAddr)} and ${printed(endAddr)}`,
        [startAddr, endAddr],
      );
    return new FrameRange(Math.floor(startAddr / FRAME_SIZE), Math.ceil(endAddr / FRAME_SIZE));
  }

  /**
   * @param startFrameNumber - 0 … 2^40
   * @param endFrameNumber - exclusive; `startFrameNumber` … 2^40
   * @throws {@link MemoryMapError} `memory-map/range`
   * @example FrameRange.fromFrameNumbers(1, 3).length // => 2
   */
  static fromFrameNumbers(startFrameNumber: number, endFrameNumber: number): FrameRange {
    const isRange = Number.isInteger(startFrameNumber) && Number.isInteger(endFrameNumber);
    if (!isRange || startFrameNumber < 0 || endFrameNumber < startFrameNumber || endFrameNumber > MAX_FRAME_NUMBER)
      throw new MemoryMapError(
        "memory-map/range",
        `expected frame numbers in order up to 2^40, got ${String(startFrameNumber)} and ${String(endFrameNumber)}`,
        [startFrameNumber, endFrameNumber],
      );
    return new FrameRange(startFrameNumber, endFrameNumber);
  }

  isEmpty(): boolean {
    return this.startFrameNumber === this.endFrameNumber;
  }

  /** Physical address of the first byte. */
  startAddr(): PhysAddr {
    return (this.startFrameNumber * FRAME_SIZE) as PhysAddr;
  }

  /** Physical address behind the last byte, up to 2^52. */
  endAddr(): Ptr {
    return this.endFrameNumber * FRAME_SIZE;
  }

  /** How many frames. */
  get length(): number {
    return this.endFrameNumber - this.startFrameNumber;
  }

  /** How many bytes. */
  get byteLength(): number {
    return this.length * FRAME_SIZE;
  }

  /** Whether an address lies in one of the frames. */
  contains(address: Ptr): boolean {
    return address >= this.startAddr() && address < this.endAddr();
  }

  /** Whether some frame is in both. */
  overlaps(other: FrameNumbers): boolean {
    return (
      Math.max(this.startFrameNumber, other.startFrameNumber) < Math.min(this.endFrameNumber, other.endFrameNumber)
    );
  }

  equals(other: FrameNumbers): boolean {
    return this.startFrameNumber === other.startFrameNumber && this.endFrameNumber === other.endFrameNumber;
  }

  /** As Rust's `{:?}`: addresses, not numbers. */
  toString(): string {
    return `FrameRange(${hex(this.startAddr())}..${hex(this.endAddr())})`;
  }
}

function printed(value: unknown): string {
  return typeof value === "number" ? hex(value) : String(value);
}
