/**
 * What a kernel's program hands to an instruction.
 *
 * @module
 */
import { MachineError } from "./errors.ts";

/** @throws {@link MachineError} `machine/value` unless it is an integer from 0 to `max` */
export function checkInteger(name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new MachineError("machine/value", `${name}: expected 0 … 0x${max.toString(16)}, got ${String(value)}`, value);
}
