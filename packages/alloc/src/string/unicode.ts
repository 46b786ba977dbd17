/**
 * What characters are, and their cases, as Rust's `char` has them: by the Unicode tables of the JavaScript engine.
 *
 * @see https://doc.rust-lang.org/std/primitive.char.html
 * @module
 */

const ALPHABETIC = /^\p{Alphabetic}$/u;
const NUMERIC = /^\p{N}$/u;
const UPPERCASE = /^\p{Uppercase}$/u;
const LOWERCASE = /^\p{Lowercase}$/u;
const WHITESPACE = /^\p{White_Space}$/u;
const CONTROL = /^\p{Cc}$/u;
const GRAPHEME_EXTEND = /^\p{Grapheme_Extend}$/u;
/** What Rust's `{:?}` does not print as it is: control, format, unassigned, private characters, and separators but the blank. */
const UNPRINTABLE = /^[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}]$/u;

/** @example isAlphabetic("é") // => true */
export function isAlphabetic(char: string): boolean {
  return ALPHABETIC.test(char);
}

/** Digits, and other numbers such as ½ and Ⅷ. @example isNumeric("½") // => true */
export function isNumeric(char: string): boolean {
  return NUMERIC.test(char);
}

export function isAlphanumeric(char: string): boolean {
  return isAlphabetic(char) || isNumeric(char);
}

export function isUppercase(char: string): boolean {
  return UPPERCASE.test(char);
}

export function isLowercase(char: string): boolean {
  return LOWERCASE.test(char);
}

/** Unlike JavaScript's `trim`: U+0085 is, U+FEFF is not. */
export function isWhitespace(char: string): boolean {
  return WHITESPACE.test(char);
}

export function isAsciiWhitespace(char: string): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\f" || char === "\r";
}

export function isControl(char: string): boolean {
  return CONTROL.test(char);
}

/** Joins the character before it: printed escaped when it stands alone. */
export function isGraphemeExtend(char: string): boolean {
  return GRAPHEME_EXTEND.test(char);
}

/** Whether `{:?}` prints the character as it is. */
export function isPrintable(char: string): boolean {
  return char === " " || !UNPRINTABLE.test(char);
}

export function asciiLowercase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function asciiUppercase(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
