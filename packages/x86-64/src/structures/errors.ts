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
  | "structure/descriptor"
  | "structure/frame"
  | "structure/change"
  | "structure/priority-class"
  | "structure/gdt-entries"
  | "structure/gdt-full";

/** A value that does not fit its field; nothing has been written. Rust's types exclude most of these; on the others it panics. */
export class StructureError extends Panic {
  override readonly code: StructureErrorCode;
  /** What was given. */
  readonly value: unknown;
  /** @param panic - what Rust's panic says, where it is one there: the message begins with it */
  constructor(code: StructureErrorCode, expected: string, value: unknown, panic?: string) {
    super(`${panic === undefined ? "" : `${panic}: `}expected ${expected}, got ${show(value)}`);
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

/** @throws {@link StructureError} unless `bits` is a `bigint` of 64 bits */
export function checkWord(code: StructureErrorCode, what: string, bits: bigint): void {
  if (typeof bits !== "bigint" || bits < 0n || bits > 0xffff_ffff_ffff_ffffn)
    throw new StructureError(code, `${what}, a bigint of 64 bits`, bits);
}

/** @throws {@link StructureError} `structure/change` unless `change` can be called */
export function checkChange(change: unknown): void {
  if (typeof change !== "function") throw new StructureError("structure/change", "a function", change);
}
