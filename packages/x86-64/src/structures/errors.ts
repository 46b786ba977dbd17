/**
 * What the CPU's structures refuse.
 *
 * @module
 */
import { hex, Panic } from "@kmem/memory";

export type StructureErrorCode =
  | "structure/vector"
  | "structure/address"
  | "structure/selector"
  | "structure/privilege-level"
  | "structure/stack-index"
  | "structure/error-code"
  | "structure/key"
  | "structure/pcid"
  | "structure/flags"
  | "structure/kind"
  | "structure/offset"
  | "structure/gdt-full";

/** A value that does not fit its field; nothing has been written. Rust's types exclude most of these; on the others it panics. */
export class StructureError extends Panic {
  override readonly code: StructureErrorCode;
  /** What was given. */
  readonly value: unknown;
  constructor(code: StructureErrorCode, expected: string, value: unknown) {
    super(`expected ${expected}, got ${show(value)}`);
    this.name = "StructureError";
    this.code = code;
    this.value = value;
  }
}

/** Hex, also of what is too large for an address; what is no integer as it is. */
function show(value: unknown): string {
  if (typeof value === "number" && Number.isSafeInteger(value)) return hex(value);
  if (typeof value !== "bigint" && (typeof value !== "number" || !Number.isInteger(value))) return String(value);
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

/** @throws {@link StructureError} unless `value` is an integer from 0 to `max` */
export function checkField(code: StructureErrorCode, what: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new StructureError(code, `${what}, 0 … ${hex(max)}`, value);
}

/** @throws {@link StructureError} `structure/flags` unless `bits` can be those of a register: 0 … 2^53 − 1 */
export function checkBits(bits: number): void {
  checkField("structure/flags", "flags", bits, Number.MAX_SAFE_INTEGER);
}
