import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignDown, alignUp, isPowerOfTwo, MemoryError } from "../src/index.ts";

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

describe.each([
  ["alignUp", alignUp],
  ["alignDown", alignDown],
])("%s", (_, round) => {
  it.each([0, 3, -8, 1.5, NaN, Infinity, 2 ** 53, "8", undefined])("refuses an alignment of %s", (align) => {
    const act = (): number => round(16, align as number);
    expect(act).toThrow(MemoryError);
    expect(act).toThrow(expect.objectContaining({ code: "memory/alignment" }) as Error);
  });
  it.each([1.5, NaN, Infinity, 2 ** 53, "9", 9n, undefined])("refuses to align %s", (value) => {
    const act = (): number => round(value as number, 8);
    expect(act).toThrow(expect.objectContaining({ code: "memory/not-safe" }) as Error);
  });
});

describe("alignUp", () => {
  it("refuses a result beyond 2^53 − 1", () => {
    expect(() => alignUp(2 ** 53 - 2, 4096)).toThrow(expect.objectContaining({ code: "memory/not-safe" }) as Error);
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
