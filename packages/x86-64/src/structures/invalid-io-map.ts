/**
 * Why an I/O permission map is refused.
 *
 * @see https://docs.rs/x86_64/0.15.4/x86_64/structures/tss/enum.InvalidIoMap.html
 * @module
 */
import { KmemError } from "@kmem/memory";

/** The variants of the crate's error, and the fields that Rust prints of them, in order. */
export type InvalidIoMapVariant =
  "IoMapBeforeTss" | "TooFarFromTss" | "InvalidTerminatingByte" | "TooLong" | "InvalidBase";

/** The map does not fit the segment; nothing has been made of it. */
export class InvalidIoMap extends KmemError {
  readonly code = "structure/io-map";
  readonly variant: InvalidIoMapVariant;
  /** What was found, under the names of the crate's fields; a distance of 2^53 bytes and more is rounded. */
  readonly fields: Readonly<Record<string, number>>;

  constructor(variant: InvalidIoMapVariant, message: string, fields: Readonly<Record<string, number>>) {
    super(message);
    this.name = "InvalidIoMap";
    this.variant = variant;
    this.fields = fields;
  }

  /** As Rust's `{:?}`. */
  get debug(): string {
    const fields = Object.entries(this.fields).map(([name, value]) => `${name}: ${value}`);
    return fields.length === 0 ? this.variant : `${this.variant} { ${fields.join(", ")} }`;
  }

  /** As Rust's `{}`, to the letter. */
  get display(): string {
    return this.message;
  }
}
