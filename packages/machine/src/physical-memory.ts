/**
 * The machine's RAM, from physical address 0.
 *
 * ```
 *   0          0xa0000   0xb8000  0xc0000              byteLength
 *   ├──────────┼─────────┼────────┼──────────────────────┤
 *                         VGA text buffer: plain bytes, that the VGA device shows
 * ```
 * The bytes are committed by the operating system when they are first touched, so 128 MiB cost nothing to make.
 *
 * @module
 */
import { LinearMemory } from "@kmem/memory";
import { MachineError } from "./errors.ts";

/** Bytes: 128 MiB, as QEMU's default. */
export const DEFAULT_MEMORY = 0x800_0000;
/** Bytes: 1 MiB. Below it the VGA buffer would be missing. */
export const MIN_MEMORY = 0x10_0000;
/** Bytes: a physical address then fits a signed 32-bit integer, which is what V8 is fast with. */
export const MAX_MEMORY = 0x8000_0000;

const FRAME_SIZE = 4096;

/** RAM as `Memory` at physical addresses. */
export class PhysicalMemory extends LinearMemory {
  /**
   * @param memory - bytes, a multiple of 4096 from {@link MIN_MEMORY} to {@link MAX_MEMORY}; or a buffer of such a length, for
   *   example a `SharedArrayBuffer` through which another thread shows the screen
   * @throws {@link MachineError} `machine/option` when it is not
   */
  constructor(memory: number | ArrayBufferLike = DEFAULT_MEMORY) {
    const byteLength = typeof memory === "number" ? memory : memory.byteLength;
    const fits = Number.isSafeInteger(byteLength) && byteLength % FRAME_SIZE === 0;
    if (!fits || byteLength < MIN_MEMORY || byteLength > MAX_MEMORY)
      throw new MachineError(
        "machine/option",
        `memory: expected a multiple of 4096 bytes from 1 MiB to 2 GiB, got ${String(byteLength)}`,
        byteLength,
      );
    super(typeof memory === "number" ? new ArrayBuffer(memory) : memory);
  }
}
