/**
 * Control register 3: where the level 4 page table is.
 *
 * ```
 *   51 ……………… 12 │ 11 … 5 │  4  │  3  │ 2 1 0
 *   frame of the   │   –    │ PCD │ PWT │   –         without PCIDs
 *   level 4 table  │          PCID                    with PCIDs (CR4)
 * ```
 *
 * @see Intel SDM volume 3A, 4.5.2 and 4.10.1; https://docs.rs/x86_64/0.15.4/x86_64/registers/control/struct.Cr3.html
 * @module
 */
import { PhysAddr } from "../addr.ts";
import type { Registers } from "../hardware.ts";
import { PhysFrame } from "../paging/phys-frame.ts";
import { checkField } from "../structures/errors.ts";
import { flagSet, type FlagSet } from "./flag-set.ts";

const FLAGS = {
  PAGE_LEVEL_WRITETHROUGH: 0x8,
  PAGE_LEVEL_CACHE_DISABLE: 0x10,
} as const;

export const Cr3Flags: FlagSet<typeof FLAGS> = flagSet("Cr3Flags", FLAGS);

/** Reads and writes CR3. Writing drops translations: without PCIDs all but global ones, with PCIDs those of the PCID. */
export const Cr3 = {
  /** The frame of the level 4 table, and the flags; bits without a name are dropped. */
  read(registers: Registers): { readonly frame: PhysFrame; readonly flags: number } {
    const { frame, value } = Cr3.readRaw(registers);
    return { frame, flags: value & Cr3Flags.all };
  },

  /** The frame of the level 4 table, and the low twelve bits. */
  readRaw(registers: Registers): { readonly frame: PhysFrame; readonly value: number } {
    const { cr3 } = registers;
    return { frame: PhysFrame.containingAddress(PhysAddr.newTruncate(cr3)), value: cr3 & 0xfff };
  },

  /** The frame and the PCID. Only with PCIDs turned on do the low bits mean that. */
  readPcid(registers: Registers): { readonly frame: PhysFrame; readonly pcid: number } {
    const { frame, value } = Cr3.readRaw(registers);
    return { frame, pcid: value };
  },

  /** @param flags - {@link Cr3Flags} */
  write(registers: Registers, frame: PhysFrame, flags = 0): void {
    Cr3.writeRaw(registers, frame, flags);
  },

  /** @param pcid - 0 … 4095; PCIDs must be on */
  writePcid(registers: Registers, frame: PhysFrame, pcid: number): void {
    Cr3.writeRaw(registers, frame, pcid);
  },

  /** As {@link Cr3.writePcid}, but what is cached for the PCID stays: bit 63 of the value. */
  writePcidNoFlush(registers: Registers, frame: PhysFrame, pcid: number): void {
    checkField("structure/pcid", "a PCID", pcid, 0xfff);
    registers.writeCr3KeepingTranslations(frame.startAddress + pcid);
  },

  /** @param value - the low twelve bits */
  writeRaw(registers: Registers, frame: PhysFrame, value: number): void {
    checkField("structure/pcid", "the low twelve bits", value, 0xfff);
    registers.cr3 = frame.startAddress + value;
  },
};
