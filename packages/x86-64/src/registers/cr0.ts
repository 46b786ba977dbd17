/**
 * Control register 0: basic modes of the CPU.
 *
 * ```
 *   31 30 29 │ 18 │ 16 │  5  4  3  2  1  0
 *   PG CD NW │ AM │ WP │ NE ET TS EM MP PE
 * ```
 *
 * @see Intel SDM volume 3A, 2.5; https://docs.rs/x86_64/0.15.4/x86_64/registers/control/struct.Cr0Flags.html
 * @module
 */
import type { Registers } from "../hardware.ts";
import { checkBits, checkChange } from "../structures/errors.ts";
import { flagSet, namedBits, withUnnamedBits, type FlagSet } from "./flag-set.ts";

const FLAGS = {
  PROTECTED_MODE_ENABLE: 1,
  MONITOR_COPROCESSOR: 0x2,
  EMULATE_COPROCESSOR: 0x4,
  TASK_SWITCHED: 0x8,
  EXTENSION_TYPE: 0x10,
  NUMERIC_ERROR: 0x20,
  /** The kernel, too, must not write to read-only pages. */
  WRITE_PROTECT: 0x1_0000,
  ALIGNMENT_MASK: 0x4_0000,
  NOT_WRITE_THROUGH: 0x2000_0000,
  CACHE_DISABLE: 0x4000_0000,
  PAGING: 0x8000_0000,
} as const;

/** @example Cr0Flags.debug(0x8000_0001) // => "Cr0Flags(PROTECTED_MODE_ENABLE | PAGING)" */
export const Cr0Flags: FlagSet<typeof FLAGS> = flagSet("Cr0Flags", FLAGS);

/** Reads and writes CR0. */
export const Cr0 = {
  /** The flags that have a name. */
  read(registers: Registers): number {
    return namedBits(registers.cr0, Cr0Flags.all);
  },
  /** All bits. */
  readRaw(registers: Registers): number {
    return registers.cr0;
  },
  /**
   * Bits without a name keep what they are.
   *
   * @param flags - {@link Cr0Flags}; a combination that the CPU refuses raises #GP
   */
  write(registers: Registers, flags: number): void {
    Cr0.writeRaw(registers, withUnnamedBits(registers.cr0, flags, Cr0Flags.all));
  },
  /**
   * Reads, and writes what `change` makes of the flags that have a name.
   *
   * @throws {@link StructureError} `structure/change` for what is no function, `structure/flags` for a result that is
   * no flags; what `change` throws. Nothing has been written then
   */
  update(registers: Registers, change: (flags: number) => number): void {
    checkChange(change);
    Cr0.write(registers, change(Cr0.read(registers)));
  },
  /** Replaces all bits. */
  writeRaw(registers: Registers, value: number): void {
    checkBits(value);
    registers.cr0 = value;
  },
};
