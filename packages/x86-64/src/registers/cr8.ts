/**
 * Control register 8: up to which priority interrupts are held back.
 *
 * ```
 *   63 ………… 4 │ 3 2 1 0
 *   reserved    │ class      0: none is held back
 * ```
 *
 * @see Intel SDM volume 3A, 11.8.6.1; https://docs.rs/x86_64/0.15.4/x86_64/registers/control/struct.Cr8.html
 * @module
 */
import { checkBits, checkChange, checkField, StructureError } from "../structures/errors.ts";

/** A class of interrupts: a number 1 … 15, the upper four bits of their vectors. */
export type PriorityClass = number;

export const PriorityClass = {
  /**
   * @param value - a byte
   * @returns `undefined` unless 1 … 15
   * @throws {@link StructureError} `structure/priority-class` unless 0 … 255
   * @example PriorityClass.new(15) // => 15
   * @example PriorityClass.new(0) // => undefined
   */
  new(value: number): PriorityClass | undefined {
    checkField("structure/priority-class", "a byte", value, 0xff);
    return value >= 1 && value <= 15 ? value : undefined;
  },
};

/** Registers that have CR8. The interface `Registers` of this package does not ask a machine for it. */
export interface TaskPriority {
  cr8: number;
}

/** Reads and writes CR8. */
export const Cr8 = {
  /** The class in the lowest byte; `undefined`, as in Rust, for 0 and for what is no class. */
  read(registers: TaskPriority): PriorityClass | undefined {
    return PriorityClass.new(registers.cr8 % 0x100);
  },
  /** All bits. */
  readRaw(registers: TaskPriority): number {
    return registers.cr8;
  },
  /**
   * Replaces all bits.
   *
   * @param priorityClass - 1 … 15; `undefined` lets every interrupt through
   * @throws {@link StructureError} `structure/priority-class` for another
   */
  write(registers: TaskPriority, priorityClass: PriorityClass | undefined): void {
    if (priorityClass !== undefined) checkClass(priorityClass);
    registers.cr8 = priorityClass ?? 0;
  },
  /** Replaces all bits. @throws {@link StructureError} `structure/flags` unless 0 … 2^53 − 1 */
  writeRaw(registers: TaskPriority, value: number): void {
    checkBits(value);
    registers.cr8 = value;
  },
  /** Reads, and writes what `change` makes of the class. @throws {@link StructureError} `structure/change`, as {@link Cr8.write} */
  update(
    registers: TaskPriority,
    change: (priorityClass: PriorityClass | undefined) => PriorityClass | undefined,
  ): void {
    checkChange(change);
    Cr8.write(registers, change(Cr8.read(registers)));
  },
};

function checkClass(value: PriorityClass): void {
  if (!Number.isInteger(value) || value < 1 || value > 15)
    throw new StructureError("structure/priority-class", "a priority class, 1 … 15", value);
}
