/**
 * Numbers as the parts that Rust writes one after the other.
 *
 * A String grows by what is written at once, so the cuts between parts are visible in its capacity.
 *
 * @module
 */
import { digitsOfCount, digitsToPlace, exactBufferLength, shortestDigits, type Digits } from "./float-digits.ts";

/** A sign, and what follows it. */
export interface NumberParts {
  readonly sign: string;
  readonly parts: readonly string[];
}

/** Zeros are written so many at a time. */
const ZEROS_AT_ONCE = 64;
/** Debug writes floats from here on, and below {@link EXPONENT_BELOW}, with an exponent. */
const EXPONENT_FROM = 1e16;
const EXPONENT_BELOW = 1e-4;
/** For an f32: the f32 that is nearest is a little smaller. */
const EXPONENT_BELOW_SINGLE = Math.fround(EXPONENT_BELOW);

/** How a float is written: with all its digits, or with an exponent. */
export type FloatStyle = "decimal" | "debug" | "lower-exp" | "upper-exp";

export function floatParts(
  value: number,
  isSingle: boolean,
  style: FloatStyle,
  precision: number | undefined,
  plus: boolean,
): NumberParts {
  if (Number.isNaN(value)) return { sign: "", parts: ["NaN"] };
  const sign = value < 0 || Object.is(value, -0) ? "-" : plus ? "+" : "";
  const size = Math.abs(value);
  if (size === Infinity) return { sign, parts: ["inf"] };
  if (style === "lower-exp" || style === "upper-exp")
    return { sign, parts: exponentParts(size, isSingle, precision, style === "lower-exp" ? "e" : "E") };
  if (style === "debug" && precision === undefined) {
    const below = isSingle ? EXPONENT_BELOW_SINGLE : EXPONENT_BELOW;
    const isExtreme = size >= EXPONENT_FROM || (size !== 0 && size < below);
    if (isExtreme) return { sign, parts: exponentParts(size, isSingle, undefined, "e") };
    return { sign, parts: size === 0 ? ["0.", "0"] : decimalParts(shortestDigits(size, isSingle), 1) };
  }
  return { sign, parts: fixedParts(size, isSingle, precision) };
}

function fixedParts(size: number, isSingle: boolean, precision: number | undefined): string[] {
  const places = precision ?? 0;
  const found =
    size === 0
      ? undefined
      : precision === undefined
        ? shortestDigits(size, isSingle)
        : inBuffer(digitsToPlace(size, precision), size, isSingle);
  if (found === undefined || found.digits === "") return places > 0 ? ["0.", ...zeros(places)] : ["0"];
  return decimalParts(found, places);
}

/** Exact digits as far as Rust's buffer holds them; only zeros are cut off. */
function inBuffer({ digits, exponent }: Digits, size: number, isSingle: boolean): Digits {
  return { digits: digits.slice(0, exactBufferLength(size, isSingle)), exponent };
}

/** Digits without an exponent, with at least so many places behind the point. */
function decimalParts({ digits, exponent }: Digits, places: number): string[] {
  const { length } = digits;
  if (exponent <= 0) return ["0.", ...zeros(-exponent), digits, ...zeros(places - (length - exponent))];
  if (exponent < length)
    return [digits.slice(0, exponent), ".", digits.slice(exponent), ...zeros(places - (length - exponent))];
  const whole = [digits, ...zeros(exponent - length)];
  return places > 0 ? [...whole, ".", ...zeros(places)] : whole;
}

function exponentParts(size: number, isSingle: boolean, precision: number | undefined, e: string): string[] {
  const count = precision === undefined ? 0 : precision + 1;
  if (size === 0) return count > 1 ? ["0.", ...zeros(count - 1), `${e}0`] : [`0${e}0`];
  const { digits, exponent } =
    count === 0 ? shortestDigits(size, isSingle) : inBuffer(digitsOfCount(size, count), size, isSingle);
  const parts = [digits.slice(0, 1)];
  if (digits.length > 1 || count > 1) parts.push(".", digits.slice(1), ...zeros(count - digits.length));
  const power = exponent - 1;
  parts.push(power < 0 ? `${e}-` : e, String(Math.abs(power)));
  return parts;
}

/** An integer with an exponent. @param size - without its sign */
export function integerExponentParts(size: bigint, precision: number | undefined, e: string): string[] {
  const all = String(size);
  let digits = all.replace(/0+$/, "") || "0";
  let power = all.length - 1;
  let added = 0;
  if (precision !== undefined) {
    added = Math.max(0, precision + 1 - digits.length);
    if (digits.length > precision + 1) {
      digits = roundedToEven(digits, precision + 1);
      if (digits.length > precision + 1) {
        digits = digits.slice(0, -1);
        power++;
      }
    }
  }
  const point = digits.length > 1 || added > 0 ? "." : "";
  const mantissa = `${digits.slice(0, 1)}${point}${digits.slice(1)}`;
  return added > 0 ? [mantissa, ...zeros(added), `${e}${power}`] : [`${mantissa}${e}${power}`];
}

/** The first `count` digits, rounded by the others, whose last one is not 0. */
function roundedToEven(digits: string, count: number): string {
  const kept = BigInt(digits.slice(0, count));
  const rest = digits.slice(count);
  const isHalf = rest === "5";
  const roundsUp = rest >= "5" && (!isHalf || kept % 2n === 1n);
  return String(roundsUp ? kept + 1n : kept);
}

function zeros(count: number): string[] {
  const parts: string[] = [];
  for (let left = count; left > 0; left -= ZEROS_AT_ONCE) parts.push("0".repeat(Math.min(left, ZEROS_AT_ONCE)));
  return parts;
}
