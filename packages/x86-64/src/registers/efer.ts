/**
 * The model-specific register EFER: long mode and no-execute.
 *
 * ```
 *   14    13    12    11  10 │  8  │  0
 *   FFXSR LMSLE SVME NXE LMA │ LME │ SCE
 * ```
 *
 * @see Intel SDM volume 3A, 2.2.1; https://docs.rs/x86_64/0.15.4/x86_64/registers/model_specific/struct.EferFlags.html
 * @module
 */
import type { Registers } from "../hardware.ts";
import { checkBits, checkChange } from "../structures/errors.ts";
import { flagSet, namedBits, withUnnamedBits, type FlagSet } from "./flag-set.ts";

const FLAGS = {
  SYSTEM_CALL_EXTENSIONS: 1,
  LONG_MODE_ENABLE: 0x100,
  /** Set by the CPU when paging is turned on in long mode. */
  LONG_MODE_ACTIVE: 0x400,
  /** Entries may forbid execution; without it their NX bit is reserved. */
  NO_EXECUTE_ENABLE: 0x800,
  SECURE_VIRTUAL_MACHINE_ENABLE: 0x1000,
  LONG_MODE_SEGMENT_LIMIT_ENABLE: 0x2000,
  FAST_FXSAVE_FXRSTOR: 0x4000,
  TRANSLATION_CACHE_EXTENSION: 0x8000,
} as const;

/** @example EferFlags.names(0x500) // => ["LONG_MODE_ENABLE", "LONG_MODE_ACTIVE"] */
export const EferFlags: FlagSet<typeof FLAGS> = flagSet("EferFlags", FLAGS);

/** Reads and writes EFER. */
export const Efer = {
  /** The flags that have a name. */
  read(registers: Registers): number {
    return namedBits(registers.efer, EferFlags.all);
  },
  /** All bits. */
  readRaw(registers: Registers): number {
    return registers.efer;
  },
  /**
   * Bits without a name keep what they are.
   *
   * @param flags - {@link EferFlags}; reserved bits, or turning off long mode while it is active, raise #GP
   */
  write(registers: Registers, flags: number): void {
    Efer.writeRaw(registers, withUnnamedBits(registers.efer, flags, EferFlags.all));
  },
  /**
   * Reads, and writes what `change` makes of the flags that have a name.
   *
   * @throws {@link StructureError} `structure/change` for what is no function, `structure/flags` for a result that is
   * no flags; what `change` throws. Nothing has been written then
   */
  update(registers: Registers, change: (flags: number) => number): void {
    checkChange(change);
    Efer.write(registers, change(Efer.read(registers)));
  },
  /** Replaces all bits. */
  writeRaw(registers: Registers, value: number): void {
    checkBits(value);
    registers.efer = value;
  },
};
