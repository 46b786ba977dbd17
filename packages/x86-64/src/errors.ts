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
  | "address/flags"
  | "address/length"
  | "address/level"
  | "address/size"
  | "address/format";

/** A value that is no address, or an operation that leaves the addresses there are. Rust panics in most of its places. */
export class AddressError extends Panic {
  override readonly code: AddressErrorCode;
  /** What was refused. */
  readonly value: number | bigint;
  constructor(code: AddressErrorCode, message: string, value: number | bigint) {
    super(`${message}: ${show(value)}`);
    this.name = "AddressError";
    this.code = code;
    this.value = value;
  }

  /** As Rust's `{:?}` of the error that it has in this place. */
  get debug(): string {
    const value = `0x${BigInt.asUintN(64, toBigInt(this.value)).toString(16)}`;
    if (this.code === "address/not-canonical") return `VirtAddrNotValid(${value})`;
    if (this.code === "address/not-physical") return `PhysAddrNotValid(${value})`;
    return this.code === "address/not-aligned" ? "AddressNotAligned" : this.message;
  }

  /** As Rust's `{}`. */
  get display(): string {
    return this.code === "address/not-aligned" ? "the given address was not sufficiently aligned" : this.message;
  }
}

/** Hex, also of what is too large for an address; what is no integer as it is. */
function show(value: number | bigint): string {
  if (typeof value !== "bigint" && (Number.isSafeInteger(value) || !Number.isInteger(value))) return hex(value);
  const word = BigInt(value);
  return word < 0n ? `-0x${(-word).toString(16)}` : `0x${word.toString(16)}`;
}

function toBigInt(value: number | bigint): bigint {
  return typeof value === "bigint" || Number.isInteger(value) ? BigInt(value) : 0n;
}
