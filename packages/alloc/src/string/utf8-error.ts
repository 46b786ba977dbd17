/**
 * Why bytes are no text.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";
import type { Utf8Fault } from "./utf8.ts";

/** Rust's `Utf8Error`: bytes that are not UTF-8; nothing has changed. */
export class Utf8Error extends KmemError {
  readonly code = "alloc/utf8";
  /** Bytes before the fault, all of them good. */
  readonly validUpTo: number;
  /** Bytes that are wrong; `undefined` when the text ends in the middle of a character. */
  readonly errorLength: number | undefined;

  constructor({ validUpTo, errorLength }: Utf8Fault) {
    super(
      errorLength === undefined
        ? `incomplete utf-8 byte sequence from index ${validUpTo}`
        : `invalid utf-8 sequence of ${errorLength} bytes from index ${validUpTo}`,
    );
    this.name = "Utf8Error";
    this.validUpTo = validUpTo;
    this.errorLength = errorLength;
  }

  /** As Rust's `{:?}`. */
  rustDebug(): string {
    const length = this.errorLength === undefined ? "None" : `Some(${this.errorLength})`;
    return `Utf8Error { valid_up_to: ${this.validUpTo}, error_len: ${length} }`;
  }
}

/** Rust's `FromUtf16Error`: half of a surrogate pair; nothing has changed. */
export class Utf16Error extends KmemError {
  readonly code = "alloc/utf16";
  constructor() {
    super("invalid utf-16: lone surrogate found");
    this.name = "Utf16Error";
  }

  /** As Rust's `{:?}`. */
  rustDebug(): string {
    return "FromUtf16Error(())";
  }
}
