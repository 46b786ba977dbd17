/**
 * Control register 4: architectural extensions.
 *
 * ```
 *   24  23  22  21   20  19  18      17   16       14  13   12   11   10      9    8   7   6   5   4  3  2   1   0
 *  PKS CET PKE SMAP SMEP KL OSXSAVE PCID FSGSBASE SMX VMX LA57 UMIP XMMEX OSFXSR PCE PGE MCE PAE PSE DE TSD PVI VME
 * ```
 *
 * @see Intel SDM volume 3A, 2.5; https://docs.rs/x86_64/0.15.4/x86_64/registers/control/struct.Cr4Flags.html
 * @module
 */
import type { Registers } from "../hardware.ts";
import { checkBits, checkChange } from "../structures/errors.ts";
import { flagSet, namedBits, withUnnamedBits, type FlagSet } from "./flag-set.ts";

const FLAGS = {
  VIRTUAL_8086_MODE_EXTENSIONS: 1,
  PROTECTED_MODE_VIRTUAL_INTERRUPTS: 0x2,
  TIMESTAMP_DISABLE: 0x4,
  DEBUGGING_EXTENSIONS: 0x8,
  PAGE_SIZE_EXTENSION: 0x10,
  PHYSICAL_ADDRESS_EXTENSION: 0x20,
  MACHINE_CHECK_EXCEPTION: 0x40,
  /** Translations of pages with the GLOBAL flag survive a write to CR3. */
  PAGE_GLOBAL: 0x80,
  PERFORMANCE_MONITOR_COUNTER: 0x100,
  OSFXSR: 0x200,
  OSXMMEXCPT_ENABLE: 0x400,
  USER_MODE_INSTRUCTION_PREVENTION: 0x800,
  L5_PAGING: 0x1000,
  VIRTUAL_MACHINE_EXTENSIONS: 0x2000,
  SAFER_MODE_EXTENSIONS: 0x4000,
  FSGSBASE: 0x1_0000,
  /** Process-context identifiers: the low twelve bits of CR3 name an address space. */
  PCID: 0x2_0000,
  OSXSAVE: 0x4_0000,
  KEY_LOCKER: 0x8_0000,
  /** SMEP: the kernel must not execute user pages. */
  SUPERVISOR_MODE_EXECUTION_PROTECTION: 0x10_0000,
  /** SMAP: the kernel must not touch user pages, unless RFLAGS.AC is set. */
  SUPERVISOR_MODE_ACCESS_PREVENTION: 0x20_0000,
  PROTECTION_KEY_USER: 0x40_0000,
  CONTROL_FLOW_ENFORCEMENT: 0x80_0000,
  PROTECTION_KEY_SUPERVISOR: 0x100_0000,
} as const;

/** @example Cr4Flags.debug(0x20) // => "Cr4Flags(PHYSICAL_ADDRESS_EXTENSION)" */
export const Cr4Flags: FlagSet<typeof FLAGS> = flagSet("Cr4Flags", FLAGS);

/** Reads and writes CR4. */
export const Cr4 = {
  /** The flags that have a name. */
  read(registers: Registers): number {
    return namedBits(registers.cr4, Cr4Flags.all);
  },
  /** All bits. */
  readRaw(registers: Registers): number {
    return registers.cr4;
  },
  /**
   * Bits without a name keep what they are.
   *
   * @param flags - {@link Cr4Flags}; what the CPU does not offer raises #GP
   */
  write(registers: Registers, flags: number): void {
    Cr4.writeRaw(registers, withUnnamedBits(registers.cr4, flags, Cr4Flags.all));
  },
  /**
   * Reads, and writes what `change` makes of the flags that have a name.
   *
   * @throws {@link StructureError} `structure/change` for what is no function, `structure/flags` for a result that is
   * no flags; what `change` throws. Nothing has been written then
   */
  update(registers: Registers, change: (flags: number) => number): void {
    checkChange(change);
    Cr4.write(registers, change(Cr4.read(registers)));
  },
  /** Replaces all bits. */
  writeRaw(registers: Registers, value: number): void {
    checkBits(value);
    registers.cr4 = value;
  },
};
