/**
 * Characters: Rust's `char`, which is one Unicode scalar value, as a JavaScript string.
 *
 * @module
 */
import { ArgumentError } from "../core/errors.ts";

/** @throws ArgumentError unless it is one Unicode scalar value */
export function checkChar(char: string): void {
  const code = typeof char === "string" ? char.codePointAt(0) : undefined;
  const isOne = code !== undefined && char.length === (code > 0xffff ? 2 : 1) && (code & 0xff_f800) !== 0xd800;
  if (!isOne)
    throw new ArgumentError("alloc/argument", `expected one Unicode character, got ${JSON.stringify(char)}`, char);
}

/** The character of a Unicode scalar value. */
export function fromCode(code: number): string {
  return String.fromCodePoint(code);
}

/** The characters of UTF-16 units; `undefined` for a surrogate that stands alone. */
export function* charsOfUtf16(units: ArrayLike<number>): Generator<string | undefined, void> {
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!;
    if ((unit & 0xf800) !== 0xd800) yield fromCode(unit);
    else {
      const next = units[i + 1] ?? 0;
      const isPair = unit < 0xdc00 && (next & 0xfc00) === 0xdc00;
      yield isPair ? fromCode(0x1_0000 + ((unit & 0x3ff) << 10) + (next & 0x3ff)) : undefined;
      if (isPair) i++;
    }
  }
}
