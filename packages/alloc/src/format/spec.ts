/**
 * What a format string says: texts, and placeholders with how to write their argument.
 *
 * ```
 *   { argument : fill align sign # 0 width .precision trait }
 *   {   x      :  *    ^    +  # 0   12      .3         e   }
 * ```
 * @see https://doc.rust-lang.org/std/fmt/#syntax
 * @module
 */

/** Which of Rust's traits writes a value. */
export type Trait =
  "Display" | "Debug" | "LowerHex" | "UpperHex" | "Octal" | "Binary" | "LowerExp" | "UpperExp" | "Pointer";

export type Alignment = "left" | "center" | "right";

/** An argument: its position, or its name. */
export type ArgumentName = number | string;

/** A width or precision: the number itself, or the argument that says it. */
export type Count = { readonly fixed: number } | { readonly from: ArgumentName };

/** How to write an argument, as far as the string itself says it. */
export interface Options {
  readonly fill: string;
  readonly align: Alignment | undefined;
  /** `+` */
  readonly plus: boolean;
  /** `-`; nothing of Rust's own heeds it. */
  readonly minus: boolean;
  /** `#` */
  readonly alternate: boolean;
  /** `0` */
  readonly zero: boolean;
  /** `x?` and `X?`: how Debug writes integers. */
  readonly debugHex: "lower" | "upper" | undefined;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** `{}` */
export const PLAIN: Options = {
  fill: " ",
  align: undefined,
  plus: false,
  minus: false,
  alternate: false,
  zero: false,
  debugHex: undefined,
  width: undefined,
  precision: undefined,
};

export interface Placeholder {
  readonly argument: ArgumentName;
  readonly trait: Trait;
  readonly options: Options;
  readonly width: Count | undefined;
  readonly precision: Count | undefined;
  /** Where it stands in the pattern. */
  readonly position: number;
}

/** A format string, taken apart. */
export interface Pattern {
  readonly source: string;
  /** Texts, none of them empty, and placeholders, in order. */
  readonly pieces: readonly (string | Placeholder)[];
  /** How many bytes Rust's `format!` makes room for before it writes. */
  readonly capacity: number;
  /** Every argument that is used. */
  readonly used: ReadonlySet<ArgumentName>;
  /** How many placeholders there are. */
  readonly placeholders: number;
}
