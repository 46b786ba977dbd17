/**
 * What devices, the port bus and the clock refuse.
 *
 * A guest's odd requests are never errors: hardware answers them somehow. These are mistakes of the program that
 * builds or drives the machine, and of a kernel that names something that no instruction could name.
 *
 * @module
 */
import { hex, KmemError } from "@kmem/memory";

export type DeviceErrorCode =
  | "port/number"
  | "port/value"
  | "port/taken"
  | "clock/time"
  | "clock/busy"
  | "device/irq"
  | "device/byte"
  | "device/text"
  | "device/options";

/** An argument that is refused; nothing has changed. */
export class DeviceError extends KmemError {
  readonly code: DeviceErrorCode;
  /** What was given. */
  readonly value: unknown;
  /** @param expected - what the argument should have been, in words */
  constructor(code: DeviceErrorCode, expected: string, value: unknown) {
    super(`expected ${expected}, got ${typeof value === "number" ? hex(value) : String(value)}`);
    this.name = "DeviceError";
    this.code = code;
    this.value = value;
  }
}

/** @throws {@link DeviceError} `device/byte` unless `value` is 0 … 255 */
export function checkByte(value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xff)
    throw new DeviceError("device/byte", "a byte, 0 … 0xff", value);
}
