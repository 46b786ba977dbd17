/**
 * What can be wrong with a format string and its arguments; Rust's compiler says the same.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";

export type FormatErrorCode =
  /** `{` without `}`. */
  | "format/unclosed"
  /** `}` without `{`. */
  | "format/unmatched"
  /** What stands between `{` and `}` is no placeholder. */
  | "format/placeholder"
  /** The letter behind the colon is none of Rust's. */
  | "format/unknown-trait"
  /** A width or precision that is no whole number of 0 … 65535. */
  | "format/count"
  /** There is no such argument. */
  | "format/missing-argument"
  /** No placeholder uses the argument. */
  | "format/unused-argument"
  /** The argument cannot be written in this way, such as text as hexadecimal digits. */
  | "format/trait";

/** A bad format string, or arguments that do not fit it. Nothing was written. */
export class FormatError extends KmemError {
  readonly code: FormatErrorCode;
  readonly pattern: string;
  /** Where in the pattern, in UTF-16 units; `undefined` when it is about an argument. */
  readonly position: number | undefined;
  /** The argument or count that is wrong. */
  readonly value: unknown;

  constructor(code: FormatErrorCode, message: string, pattern: string, position?: number, value?: unknown) {
    super(`invalid format string ${JSON.stringify(pattern)}: ${message}`);
    this.name = "FormatError";
    this.code = code;
    this.pattern = pattern;
    this.position = position;
    this.value = value;
  }
}
