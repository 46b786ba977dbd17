import { char, f32, f64, i32, i8, u16, u8, usize } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import { ParseError, parseRadix, parseText } from "../src/index.ts";

/** A refusal as Rust's `{:?}`, a value as it is. */
function shown(result: unknown): unknown {
  return result instanceof ParseError ? result.rustDebug() : result;
}

// What rustc 1.95.0 answers.
describe("parseText", () => {
  it.each([
    [u8, "256x", "ParseIntError { kind: PosOverflow }"],
    [u8, "25x6", "ParseIntError { kind: InvalidDigit }"],
    [i8, "-129.5", "ParseIntError { kind: NegOverflow }"],
    [u16, "-1", "ParseIntError { kind: InvalidDigit }"],
    [u8, "+", "ParseIntError { kind: InvalidDigit }"],
    [u8, "", "ParseIntError { kind: Empty }"],
    [u8, "٣", "ParseIntError { kind: InvalidDigit }"],
    [i32, "-0", 0],
  ])("says of an integer what is wrong first: %o %s", (type, text, outcome) => {
    expect(shown(parseText(type, text))).toEqual(outcome);
  });
  it("takes no usize that a JavaScript number does not hold", () => {
    expect(parseText(usize, "9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
    expect(shown(parseText(usize, "9007199254740992"))).toBe("ParseIntError { kind: PosOverflow }");
  });
  it.each([
    ["14767166.5", 14767166],
    ["14767166.50000000000000000000000000000000000000000000000000000001", 14767167],
    ["14767166.49999999999999999999999999999999999999999999999999999999", 14767166],
    ["102166728704.0000000000000000000000000000000000000000000000000001", 102166732800],
    ["2.48834780676347123517058949808924526305323817083892112833610e-27", 2.4883479030599685e-27],
    ["340282356779733661637539395458142568447.9", 3.4028234663852886e38],
    ["340282356779733661637539395458142568448", Infinity],
    ["7.006492321624085354618e-46", 0],
    ["7.006492321624085354619e-46", 2 ** -149],
    ["-1e400", -Infinity],
  ])("gives the f32 nearest to %s, not nearest to its f64", (text, value) => {
    expect(parseText(f32, text)).toBe(value);
  });
  it.each([
    ["1e", "ParseFloatError { kind: Invalid }"],
    [".", "ParseFloatError { kind: Invalid }"],
    ["1_0", "ParseFloatError { kind: Invalid }"],
    ["", "ParseFloatError { kind: Empty }"],
    [".5", 0.5],
    ["5.", 5],
    ["+infinity", Infinity],
    ["nan", NaN],
  ])("takes or refuses the float %s", (text, outcome) => {
    expect(shown(parseText(f64, text))).toEqual(outcome);
  });
  it.each([
    ["", "ParseCharError { kind: EmptyString }"],
    ["ab", "ParseCharError { kind: TooManyChars }"],
    ["😀", "😀"],
  ])("takes or refuses the char %s", (text, outcome) => {
    expect(shown(parseText(char, text))).toBe(outcome);
  });
});

describe("parseRadix", () => {
  it("says what is wrong first", () => {
    expect(shown(parseRadix(u8, "fffg", 16))).toBe("ParseIntError { kind: PosOverflow }");
    expect(shown(parseRadix(u8, "fg", 16))).toBe("ParseIntError { kind: InvalidDigit }");
  });
});
