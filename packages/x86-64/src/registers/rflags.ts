/**
 * The flags register.
 *
 * ```
 *   21  20  19  18  17  16 │ 14  13 12  11  10   9   8   7   6 │  4 │  2 │  1 │  0
 *   ID VIP VIF  AC  VM  RF │ NT  IOPL   OF  DF  IF  TF  SF  ZF │ AF │ PF │ =1 │ CF
 * ```
 *
 * @see Intel SDM volume 1, 3.4.3; https://docs.rs/x86_64/0.15.4/x86_64/registers/rflags/struct.RFlags.html
 * @module
 */
import type { Registers } from "../hardware.ts";
import { checkBits } from "../structures/errors.ts";
import { flagSet, namedBits, type FlagSet } from "./flag-set.ts";

const FLAGS = {
  ID: 0x20_0000,
  VIRTUAL_INTERRUPT_PENDING: 0x10_0000,
  VIRTUAL_INTERRUPT: 0x8_0000,
  /** With SMAP on: the kernel may access user pages. In user mode: check alignment. */
  ALIGNMENT_CHECK: 0x4_0000,
  VIRTUAL_8086_MODE: 0x2_0000,
  RESUME_FLAG: 0x1_0000,
  NESTED_TASK: 0x4000,
  IOPL_HIGH: 0x2000,
  IOPL_LOW: 0x1000,
  OVERFLOW_FLAG: 0x800,
  DIRECTION_FLAG: 0x400,
  /** Maskable interrupts are on. */
  INTERRUPT_FLAG: 0x200,
  TRAP_FLAG: 0x100,
  SIGN_FLAG: 0x80,
  ZERO_FLAG: 0x40,
  AUXILIARY_CARRY_FLAG: 0x10,
  PARITY_FLAG: 0x4,
  CARRY_FLAG: 1,
} as const;

/**
 * The flags and their text, and the register.
 *
 * @example RFlags.debug(0x202) // => "RFlags(INTERRUPT_FLAG | 0x2)"
 */
export const RFlags: FlagSet<typeof FLAGS> & {
  /** The flags that have a name: not bit 1, which is always set. */
  read(registers: Registers): number;
  /** `pushfq; pop`: all bits. */
  readRaw(registers: Registers): number;
  /** `push; popfq`: bits without a name keep what they are. @throws StructureError `structure/flags` */
  write(registers: Registers, flags: number): void;
} = {
  ...flagSet("RFlags", FLAGS),
  read: (registers) => namedBits(registers.rflags, RFlags.all),
  readRaw: (registers) => registers.rflags,
  write(registers, flags) {
    checkBits(flags);
    const { rflags } = registers;
    registers.rflags = rflags - namedBits(rflags, RFlags.all) + namedBits(flags, RFlags.all);
  },
};
