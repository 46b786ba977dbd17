import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AddressError, alignDownU64, alignUpU64, isCanonical, isPhysical, PhysAddr, VirtAddr } from "../src/index.ts";

const MASK = 2n ** 64n - 1n;
const word = fc.bigInt({ min: 0n, max: MASK });
/** A u64 that is canonical, near the edges more often. */
const canonical = fc
  .oneof(fc.bigInt({ min: -(2n ** 47n), max: 2n ** 47n - 1n }), fc.constantFrom(0n, -1n, 2n ** 47n - 1n, -(2n ** 47n)))
  .map((value) => BigInt.asUintN(64, value));

describe("VirtAddr", () => {
  it("is the sign-extended number, and the u64 comes back", () => {
    fc.assert(
      fc.property(canonical, (bits) => {
        const address = VirtAddr.new(bits);
        expect(address).toBe(Number(BigInt.asIntN(64, bits)));
        expect(VirtAddr.asU64(address)).toBe(bits);
        expect(VirtAddr.toString(address)).toBe(`VirtAddr(0x${bits.toString(16)})`);
        expect(isCanonical(address)).toBe(true);
      }),
    );
  });

  it("newTruncate repeats bit 47, for any word", () => {
    fc.assert(
      fc.property(word, (bits) => {
        const expected = BigInt.asUintN(64, BigInt.asIntN(48, bits));
        expect(VirtAddr.asU64(VirtAddr.newTruncate(bits))).toBe(expected);
      }),
    );
  });

  it("adds and subtracts as u64s do, or refuses", () => {
    fc.assert(
      fc.property(canonical, fc.bigInt({ min: 0n, max: 2n ** 50n }), (bits, bytes) => {
        const address = VirtAddr.new(bits);
        for (const sum of [bits + bytes, bits - bytes]) {
          const run = (count: bigint | number): VirtAddr =>
            sum === bits + bytes ? VirtAddr.add(address, count) : VirtAddr.sub(address, count);
          const fits = sum >= 0n && sum <= MASK && BigInt.asUintN(64, BigInt.asIntN(48, sum)) === sum;
          for (const count of [bytes, Number(bytes)])
            if (fits) expect(VirtAddr.asU64(run(count))).toBe(sum);
            else expect(() => run(count)).toThrow(AddressError);
        }
      }),
    );
  });

  it("steps over the gap, and back", () => {
    fc.assert(
      fc.property(canonical, fc.nat({ max: 2 ** 31 - 1 }), (bits, bytes) => {
        const address = VirtAddr.new(bits);
        const next = VirtAddr.forwardChecked(address, bytes);
        if (next === undefined) expect(VirtAddr.stepsBetween(address, VirtAddr.new(-1))).toBeLessThan(bytes);
        else {
          expect(VirtAddr.stepsBetween(address, next)).toBe(bytes);
          expect(VirtAddr.backwardChecked(next, bytes)).toBe(address);
          expect(VirtAddr.compare(address, next) <= 0).toBe(true);
        }
      }),
    );
    expect(VirtAddr.forwardChecked(VirtAddr.new(2 ** 47 - 1), 1)).toBe(-(2 ** 47));
    expect(VirtAddr.forwardChecked(VirtAddr.new(-1), 1)).toBeUndefined();
    expect(VirtAddr.backwardChecked(VirtAddr.ZERO, 1n)).toBeUndefined();
    expect(VirtAddr.forwardChecked(VirtAddr.ZERO, 2n ** 64n)).toBeUndefined();
    expect(VirtAddr.stepsBetween(VirtAddr.new(-1), VirtAddr.ZERO)).toBeUndefined();
  });

  it("aligns as u64s do, up to 2^63", () => {
    fc.assert(
      fc.property(canonical, fc.nat({ max: 63 }), (bits, shift) => {
        const n = 1n << BigInt(shift);
        const address = VirtAddr.new(bits);
        const expected = VirtAddr.newTruncate(alignDownU64(bits, n));
        expect(VirtAddr.alignDown(address, n)).toBe(expected);
        if (shift <= 52) expect(VirtAddr.alignDown(address, Number(n))).toBe(expected);
        expect(VirtAddr.isAligned(address, n)).toBe(bits % n === 0n || expected === address);
      }),
    );
    expect(VirtAddr.alignUp(VirtAddr.new(2 ** 47 - 1), 4096)).toBe(-(2 ** 47));
  });

  it("takes itself apart", () => {
    const address = VirtAddr.new(0xffff_8123_4567_89abn);
    expect([4, 3, 2, 1].map((level) => VirtAddr.tableIndex(address, level as 1))).toEqual([258, 141, 43, 120]);
    expect([VirtAddr.p4Index(address), VirtAddr.p3Index(address)]).toEqual([258, 141]);
    expect([VirtAddr.p2Index(address), VirtAddr.p1Index(address)]).toEqual([43, 120]);
    expect(VirtAddr.pageOffset(address)).toBe(0x9ab);
    expect(VirtAddr.isNull(VirtAddr.ZERO)).toBe(true);
    expect(VirtAddr.diff(VirtAddr.new(-1), VirtAddr.ZERO)).toBe(MASK);
  });
});

describe("PhysAddr", () => {
  it("is a number below 2^52, and the u64 comes back", () => {
    fc.assert(
      fc.property(word, (bits) => {
        const address = PhysAddr.tryNew(bits);
        expect(address === undefined).toBe(bits >= 2n ** 52n);
        if (address !== undefined) expect(PhysAddr.asU64(address)).toBe(bits);
        expect(PhysAddr.asU64(PhysAddr.newTruncate(bits))).toBe(bits % 2n ** 52n);
      }),
    );
    expect(isPhysical(2 ** 52 - 1)).toBe(true);
    expect(isPhysical(2 ** 52)).toBe(false);
    expect(PhysAddr.newTruncate(-1)).toBe(2 ** 52 - 1);
  });

  it("aligns, adds and subtracts inside of what there is", () => {
    const last = PhysAddr.new(2 ** 52 - 1);
    expect(PhysAddr.alignDown(last, 2n ** 63n)).toBe(0);
    expect(PhysAddr.alignDown(last, 4096)).toBe(2 ** 52 - 4096);
    expect(PhysAddr.alignUp(PhysAddr.new(1), 4096n)).toBe(4096);
    expect(PhysAddr.sub(PhysAddr.add(PhysAddr.ZERO, 5n), 5)).toBe(0);
    expect(PhysAddr.diff(last, PhysAddr.ZERO)).toBe(last);
    expect(PhysAddr.isAligned(PhysAddr.new(0x3000), 0x2000)).toBe(false);
    expect(PhysAddr.toString(last)).toBe("PhysAddr(0xfffffffffffff)");
  });
});

describe("alignUpU64", () => {
  it("is right up to the last u64", () => {
    expect(alignUpU64(MASK - 1n, 2n)).toBe(MASK - 1n);
    expect(alignUpU64(1n, 1n << 63n)).toBe(1n << 63n);
    expect(() => alignUpU64(MASK, 2n)).toThrow(expect.objectContaining({ code: "address/overflow" }));
  });
});

describe("AddressError", () => {
  it("prints as Rust's errors do", () => {
    expect(new AddressError("address/not-canonical", "expected, got", 2 ** 47).debug).toBe(
      "VirtAddrNotValid(0x800000000000)",
    );
    expect(new AddressError("address/not-physical", "expected, got", -1n).debug).toBe(
      "PhysAddrNotValid(0xffffffffffffffff)",
    );
    const misaligned = new AddressError("address/not-aligned", "expected, got", 1);
    expect(misaligned.debug).toBe("AddressNotAligned");
    expect(misaligned.display).toBe("the given address was not sufficiently aligned");
    expect(new AddressError("address/index", "expected, got", NaN)).toMatchObject({
      message: "expected, got: NaN",
      display: "expected, got: NaN",
      debug: "expected, got: NaN",
    });
  });
});
