/**
 * Control register 2: the address of the last page fault.
 *
 * @see Intel SDM volume 3A, 2.5; https://docs.rs/x86_64/0.15.4/x86_64/registers/control/struct.Cr2.html
 * @module
 */
import { VirtAddr } from "../addr.ts";
import type { Registers } from "../hardware.ts";

/** Reads CR2. */
export const Cr2 = {
  /** @throws {@link AddressError} when the kernel itself has put something else into CR2 */
  read(registers: Registers): VirtAddr {
    return VirtAddr.new(registers.cr2);
  },
  /** Whatever is in it. */
  readRaw(registers: Registers): number {
    return registers.cr2;
  },
};
