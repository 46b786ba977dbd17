/**
 * The CPU's own exceptions: vectors 0 to 31 of the interrupt descriptor table.
 *
 * @see Intel SDM volume 3A, 6.3.1 table 6-1; https://docs.rs/x86_64/0.15.4/x86_64/structures/idt/enum.ExceptionVector.html
 * @module
 */

import { checkField } from "./errors.ts";

/** The vectors, by their names in the Rust crate. */
export const ExceptionVector = {
  Division: 0,
  Debug: 1,
  NonMaskableInterrupt: 2,
  Breakpoint: 3,
  Overflow: 4,
  BoundRange: 5,
  InvalidOpcode: 6,
  DeviceNotAvailable: 7,
  Double: 8,
  InvalidTss: 10,
  SegmentNotPresent: 11,
  Stack: 12,
  GeneralProtection: 13,
  Page: 14,
  X87FloatingPoint: 16,
  AlignmentCheck: 17,
  MachineCheck: 18,
  SimdFloatingPoint: 19,
  Virtualization: 20,
  ControlProtection: 21,
  HypervisorInjection: 28,
  VmmCommunication: 29,
  Security: 30,
} as const;
export type ExceptionVector = (typeof ExceptionVector)[keyof typeof ExceptionVector];

/** Vectors whose handlers get an error code, as bits. */
const WITH_ERROR_CODE = 0x6022_7d00;

const MNEMONICS = "DE DB NMI BP OF BR UD NM DF - TS NP SS GP PF - MF AC MC XM VE CP - - - - - - HV VC SX -".split(" ");

/** Whether the CPU pushes an error code for an exception. @example hasErrorCode(ExceptionVector.Page) // => true */
export function hasErrorCode(vector: number): boolean {
  checkField("structure/vector", "a vector", vector, 255);
  return vector < 32 && ((WITH_ERROR_CODE >>> vector) & 1) === 1;
}

/** The manual's short name. @example exceptionName(14) // => "#PF" @example exceptionName(32) // => "interrupt 32" */
export function exceptionName(vector: number): string {
  checkField("structure/vector", "a vector", vector, 255);
  const mnemonic = MNEMONICS[vector] ?? "-";
  return mnemonic === "-" ? `interrupt ${vector}` : `#${mnemonic}`;
}
