/**
 * Values that cannot be: addresses, indices, flags.
 *
 * @module
 */
import { hex, Panic } from "@kmem/memory";

export type AddressErrorCode =
  | "address/not-canonical"
  | "address/not-physical"
  | "address/not-aligned"
  | "address/align"
  | "address/overflow"
  | "address/index"
  | "address/flags";

/** A value that is no address, or an operation that leaves the addresses there are. Rust panics in most of its places. */
export class AddressError extends Panic {
  override readonly code: AddressErrorCode;
  /** What was refused. */
  readonly value: number | bigint;
  constructor(code: AddressErrorCode, message: string, value: number | bigint) {
    super(`${message}: ${typeof value === "bigint" ? `0x${value.toString(16)}` : hex(value)}`);
    this.name = "AddressError";
    this.code = code;
    this.value = value;
  }
}
