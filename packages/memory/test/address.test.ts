import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignDown, alignUp, hex, isPowerOfTwo } from "../src/index.ts";

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

describe("alignUp and alignDown", () => {
  const align = fc.integer({ min: 0, max: 40 }).map((power) => 2 ** power);
  const value = fc.integer({ min: -(2 ** 48), max: 2 ** 48 });
  it("give the nearest multiples on both sides", () => {
    fc.assert(
      fc.property(value, align, (at, n) => {
        const down = alignDown(at, n);
        const up = alignUp(at, n);
        expect(Math.abs(down % n) + Math.abs(up % n)).toBe(0);
        expect(down <= at && at < down + n).toBe(true);
        expect(up >= at && up - n < at).toBe(true);
      }),
    );
  });
});

describe("isPowerOfTwo", () => {
  it("knows all powers up to 2^52 and nothing else", () => {
    for (let power = 0; power <= 52; power++) {
      expect(isPowerOfTwo(2 ** power)).toBe(true);
      if (power > 1) expect(isPowerOfTwo(2 ** power - 1)).toBe(false);
      if (power > 1 && power < 52) expect(isPowerOfTwo(2 ** power + 1)).toBe(false);
    }
    for (const bad of [0, -1, -2, 0.5, NaN, Infinity, 2 ** 53, 2 ** 40 + 2 ** 33])
      expect(isPowerOfTwo(bad)).toBe(false);
  });
});
