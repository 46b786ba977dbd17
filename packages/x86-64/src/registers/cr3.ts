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
import { isPhysical, PhysAddr } from "../addr.ts";
import type { Registers } from "../hardware.ts";
import { PhysFrame } from "../paging/phys-frame.ts";
import { checkChange, checkField, StructureError } from "../structures/errors.ts";
import { flagSet, type FlagSet } from "./flag-set.ts";

const FLAGS = {
  PAGE_LEVEL_WRITETHROUGH: 0x8,
  PAGE_LEVEL_CACHE_DISABLE: 0x10,
} as const;

export const Cr3Flags: FlagSet<typeof FLAGS> = flagSet("Cr3Flags", FLAGS);

/** What CR3 holds without PCIDs. */
export interface FrameAndFlags {
  readonly frame: PhysFrame;
  readonly flags: number;
}

/** What CR3 holds with PCIDs. */
export interface FrameAndPcid {
  readonly frame: PhysFrame;
  readonly pcid: number;
}

/** Reads and writes CR3. Writing drops translations: without PCIDs all but global ones, with PCIDs those of the PCID. */
export const Cr3 = {
  /** The frame of the level 4 table, and the flags; bits without a name are dropped. */
  read(registers: Registers): FrameAndFlags {
    const { frame, value } = Cr3.readRaw(registers);
    return { frame, flags: value & Cr3Flags.all };
  },

  /** The frame of the level 4 table, and the low twelve bits. */
  readRaw(registers: Registers): { readonly frame: PhysFrame; readonly value: number } {
    const { cr3 } = registers;
    return { frame: PhysFrame.containingAddress(PhysAddr.newTruncate(cr3)), value: cr3 & 0xfff };
  },

  /** The frame and the PCID. Only with PCIDs turned on do the low bits mean that. */
  readPcid(registers: Registers): FrameAndPcid {
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
    checkFrame(frame);
    checkField("structure/pcid", "a PCID", pcid, 0xfff);
    registers.writeCr3KeepingTranslations(frame.startAddress + pcid);
  },

  /**
   * Reads, and writes what `change` makes of the frame and the flags; bits without a name become 0.
   *
   * @throws {@link StructureError} `structure/change` for what is no function, `structure/frame` and `structure/pcid`
   * for such results; what `change` throws. Nothing has been written then
   */
  update(registers: Registers, change: (old: FrameAndFlags) => FrameAndFlags): void {
    const { frame, flags } = outcome(Cr3.read(registers), change);
    Cr3.writeRaw(registers, frame, flags);
  },

  /** As {@link Cr3.update}, for the frame and the PCID; PCIDs must be on. */
  updatePcid(registers: Registers, change: (old: FrameAndPcid) => FrameAndPcid): void {
    const { frame, pcid } = outcome(Cr3.readPcid(registers), change);
    Cr3.writePcid(registers, frame, pcid);
  },

  /** As {@link Cr3.updatePcid}, but what is cached for the PCID stays. */
  updatePcidNoFlush(registers: Registers, change: (old: FrameAndPcid) => FrameAndPcid): void {
    const { frame, pcid } = outcome(Cr3.readPcid(registers), change);
    Cr3.writePcidNoFlush(registers, frame, pcid);
  },

  /** @param value - the low twelve bits */
  writeRaw(registers: Registers, frame: PhysFrame, value: number): void {
    checkFrame(frame);
    checkField("structure/pcid", "the low twelve bits", value, 0xfff);
    registers.cr3 = frame.startAddress + value;
  },
};

function outcome<T extends object>(old: T, change: (old: T) => T): T {
  checkChange(change);
  const result: unknown = change(old);
  if (typeof result !== "object" || result === null)
    throw new StructureError("structure/change", "the frame and what is below it, as read", result);
  return result as T;
}

/** @throws {@link StructureError} `structure/frame` unless a frame starts there: 4 KiB, physical */
function checkFrame(frame: PhysFrame | undefined | null): void {
  const start: unknown = frame?.startAddress;
  if (typeof start !== "number" || !isPhysical(start) || start % 4096 !== 0)
    throw new StructureError("structure/frame", "a frame of 4 KiB", frame);
}
