/**
 * The decimal digits of floats: the fewest that tell a value from its neighbours, or as many as asked for, exactly.
 *
 * A finite value above 0 is `0.d₁d₂d₃… · 10^exponent`, with d₁ not 0.
 *
 * @module
 */

/** Digits of a finite value above 0. */
export interface Digits {
  readonly digits: string;
  /** Where the point is: before the digit with this index. */
  readonly exponent: number;
}

/** Digits an f32 needs at most. */
const F32_DIGITS = 9;
/** No f64 has more digits behind the point. */
const F64_FRACTION = 1074;

const bits = new DataView(new ArrayBuffer(8));

/**
 * The fewest digits that read back as `value`, and of those the nearest; of two as near, the larger.
 *
 * @example shortestDigits(0.1, false).digits // => "1"
 * @example shortestDigits(1052549388259649.25, false).digits // => "10525493882596493"
 */
export function shortestDigits(value: number, isSingle: boolean): Digits {
  const text = isSingle ? shortestSingle(value) : shortestDouble(value);
  const [mantissa, exponent] = text.split("e") as [string, string];
  const digits = mantissa.replace(".", "").replace(/0+$/, "");
  return { digits, exponent: Number(exponent) + 1 };
}

function shortestDouble(value: number): string {
  const text = value.toExponential();
  // Of two that are as near JavaScript takes the even one, unless it is told how many digits there are.
  const larger = value.toExponential(Math.max(0, text.indexOf("e") - 2));
  return Number(larger) === value ? larger : text;
}

function shortestSingle(value: number): string {
  for (let precision = 0; precision < F32_DIGITS; precision++) {
    const nearest = value.toExponential(precision);
    if (Math.fround(Number(nearest)) === value) return nearest;
    // The neighbour below a power of two is half as far away as the one above: a number further up may still be read back.
    const [mantissa, exponent] = nearest.split("e") as [string, string];
    const above = `${(Number(mantissa) + 10 ** -precision).toFixed(precision)}e${exponent}`;
    if (Math.fround(Number(above)) === value) return above;
  }
  return value.toExponential(F32_DIGITS);
}

/**
 * All digits up to `places` behind the point; halves are rounded to the even digit.
 *
 * @returns no digits when that rounds to 0
 */
export function digitsToPlace(value: number, places: number): Digits {
  const used = Math.min(places, F64_FRACTION);
  const { numerator, denominator } = fractionOf(value);
  const rounded = divideToEven(numerator * 10n ** BigInt(used), denominator);
  const digits = rounded === 0n ? "" : String(rounded);
  return { digits, exponent: digits.length - used };
}

/** Exactly `count` digits, or fewer where only zeros follow; halves are rounded to the even digit. */
export function digitsOfCount(value: number, count: number): Digits {
  const used = Math.min(count, F64_FRACTION);
  const exponent = Number(value.toExponential().split("e")[1]) + 1;
  const found = digitsFrom(value, used, exponent);
  // The fewest digits may say 1e23 for what is a little less: then the first digit is one place further on.
  return found.digits.length < used ? digitsFrom(value, used, exponent - 1) : found;
}

/** `count` digits, the first of them at `exponent`. */
function digitsFrom(value: number, count: number, exponent: number): Digits {
  const { numerator, denominator } = fractionOf(value);
  const shift = count - exponent;
  const rounded =
    shift >= 0
      ? divideToEven(numerator * 10n ** BigInt(shift), denominator)
      : divideToEven(numerator, denominator * 10n ** BigInt(-shift));
  const digits = String(rounded);
  return { digits: digits.slice(0, count), exponent: exponent + digits.length - count };
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  const roundsUp = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

/**
 * How many digits Rust's buffer holds when it is asked for exact ones: enough for all that are not 0. What lies behind is
 * written as zeros, in pieces of their own.
 *
 * By the exponent of the value as a whole number of 24 or 53 bits that was doubled (a power of two: twice), since Rust
 * works with the bounds half-way to the neighbours.
 */
export function exactBufferLength(value: number, isSingle: boolean): number {
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const [fraction, least] = isSingle ? [23, -126] : [52, -1022];
  const binary = (high >>> 20) - 1023;
  const isPowerOfTwo = (high & 0xf_ffff) === 0 && bits.getUint32(4) === 0;
  const exponent = binary < least ? least - fraction - 1 : binary - fraction - (isPowerOfTwo ? 2 : 1);
  return 21 + (((exponent < 0 ? -12 : 5) * exponent) >> 4);
}

/** A finite value as a fraction, exactly: a float is a whole number times a power of two. */
export function fractionOf(value: number): { numerator: bigint; denominator: bigint } {
  let whole = value;
  let shift = 0;
  // Doubling loses nothing.
  while (!Number.isInteger(whole)) {
    whole *= 2;
    shift++;
  }
  return { numerator: BigInt(whole), denominator: 1n << BigInt(shift) };
}
