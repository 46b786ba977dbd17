import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../src/index.ts";

describe("hex", () => {
  it("prints every safe integer as the u64 with the same bits", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(hex(value)).toBe(`0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`);
      }),
    );
  });
  it("prints what is no address as it is", () => {
    expect([hex(NaN), hex(1.5), hex(2 ** 53)]).toEqual(["NaN", "1.5", "9007199254740992"]);
  });
});
