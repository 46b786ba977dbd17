import { describe, expect, it } from "vitest";
import {
  formatAddress,
  Page,
  PageOffset,
  PageTableIndex,
  PageTableLevel,
  PhysFrame,
  Size1GiB,
  Size2MiB,
  Size4KiB,
  VirtAddr,
} from "../src/index.ts";

const FIRST_UPPER = Page.containingAddress(-(2 ** 47));
const LAST_LOWER = Page.containingAddress(2 ** 47 - 1);
const LAST = Page.containingAddress(-1);

describe("Page", () => {
  it("holds the addresses from its start on, in every size", () => {
    for (const size of [Size4KiB, Size2MiB, Size1GiB]) {
      const page = Page.containingAddress(-1, size);
      expect(page.startAddress).toBe(-size.bytes);
      expect(String(page)).toBe(`Page[${size.name}](0x${(2n ** 64n - BigInt(size.bytes)).toString(16)})`);
      expect(Page.fromStartAddress(-size.bytes, size)).toEqual(page);
      expect(page.first4KiBPage().size).toBe(Size4KiB);
    }
  });

  it("has indices, and comes from them", () => {
    const page = Page.fromPageTableIndices(511, 1, 2, 3);
    expect([page.p4Index(), page.p3Index(), page.p2Index(), page.p1Index()]).toEqual([511, 1, 2, 3]);
    expect([4, 3, 2, 1].map((level) => page.pageTableIndex(level as 1))).toEqual([511, 1, 2, 3]);
    expect(Page.fromPageTableIndices2MiB(256, 0, 0).startAddress).toBe(-(2 ** 47));
    expect(Page.fromPageTableIndices1GiB(255, 511).startAddress).toBe(2 ** 47 - 2 ** 30);
  });

  it("adds as the crate does, and steps over the gap", () => {
    expect(() => LAST_LOWER.add(1)).toThrow(expect.objectContaining({ code: "address/overflow" }));
    expect(LAST_LOWER.forwardChecked(1)).toEqual(FIRST_UPPER);
    expect(FIRST_UPPER.backwardChecked(1n)).toEqual(LAST_LOWER);
    expect(LAST.forwardChecked(1)).toBeUndefined();
    expect(FIRST_UPPER.diff(LAST_LOWER)).toBe(0xffff_0000_0000_0000n / 4096n + 1n);
    expect(Page.stepsBetween(LAST_LOWER, FIRST_UPPER)).toBe(1);
    expect(Page.stepsBetween(LAST, FIRST_UPPER)).toBeUndefined();
    expect(LAST.sub(1).equals(LAST)).toBe(false);
    expect(LAST.sub(1).add(1n).equals(LAST)).toBe(true);
  });

  it("goes across the gap with a number as with a bigint, where the sum as a u64 is in the other half", () => {
    const low = Page.containingAddress(0x1000);
    const high = Page.fromStartAddress(-0x1000);
    for (const count of [0xf_ffff_ffff_fffe, 0xf_ffff_ffff_fffen]) {
      expect(low.add(count).startAddress).toBe(-0x1000);
      expect(high.sub(count).startAddress).toBe(0x1000);
      expect(() => high.add(count)).toThrow(expect.objectContaining({ code: "address/overflow" }));
      expect(() => low.sub(count)).toThrow(expect.objectContaining({ code: "address/overflow" }));
    }
    expect(VirtAddr.add(VirtAddr.ZERO, 2 ** 64 - 2 ** 47)).toBe(-(2 ** 47));
    expect(() => VirtAddr.add(VirtAddr.ZERO, 2 ** 64)).toThrow(expect.objectContaining({ code: "address/overflow" }));
  });
});

describe("PhysFrame", () => {
  it("reaches the last frame, and not beyond", () => {
    const last = PhysFrame.containingAddress(2 ** 52 - 1, Size1GiB);
    expect(String(last)).toBe("PhysFrame[1GiB](0xfffffc0000000)");
    expect(last.sub(1).add(1n)).toEqual(last);
    expect(() => last.add(1)).toThrow(expect.objectContaining({ code: "address/overflow" }));
    expect(last.diff(PhysFrame.containingAddress(0, Size1GiB))).toBe(2 ** 22 - 1);
    expect(PhysFrame.fromStartAddress(0x1000).equals(PhysFrame.containingAddress(0x1fff))).toBe(true);
  });
});

describe("ranges", () => {
  it("are not eaten by looping, and know their length", () => {
    const range = Page.range(LAST.sub(3), LAST);
    expect([...range]).toEqual([...range]);
    expect([range.length, range.byteLength, range.isEmpty]).toEqual([3, 0x3000, false]);
    expect(range.get(2)).toEqual(LAST.sub(1));
    expect([range.get(3), range.get(-1), range.get(0.5)]).toEqual([undefined, undefined, undefined]);
  });

  it("reach the last page and the last frame, and go across the gap", () => {
    expect([...Page.rangeInclusive(LAST.sub(1), LAST)].map(({ startAddress }) => startAddress)).toEqual([-8192, -4096]);
    expect([...Page.rangeInclusive(LAST_LOWER, FIRST_UPPER)]).toEqual([LAST_LOWER, FIRST_UPPER]);
    const last = PhysFrame.containingAddress(2 ** 52 - 1);
    expect([...PhysFrame.rangeInclusive(last, last)]).toEqual([last]);
    expect([...PhysFrame.range(last.sub(2), last)]).toHaveLength(2);
    expect(Page.rangeInclusive(LAST, LAST_LOWER).isEmpty).toBe(true);
  });

  it("print as the crate's", () => {
    const large = Page.range(Page.containingAddress(0, Size2MiB), Page.containingAddress(0x20_0000, Size2MiB));
    expect(String(large)).toBe("PageRange { start: Page[2MiB](0x0), end: Page[2MiB](0x200000) }");
    expect(large.as4KiBPageRange().length).toBe(512);
    const frame = PhysFrame.containingAddress(0);
    expect(String(PhysFrame.range(frame, frame))).toBe(
      "PhysFrameRange { start: PhysFrame[4KiB](0x0), end: PhysFrame[4KiB](0x0) }",
    );
    expect(String(Page.rangeInclusive(LAST, LAST))).toContain(
      "PageRangeInclusive { start: Page[4KiB](0xfffffffffffff000)",
    );
  });
});

describe("PageTableIndex, PageOffset and PageTableLevel", () => {
  it("stay inside of what they are", () => {
    expect([PageTableIndex.new(511), PageTableIndex.newTruncate(513), PageTableIndex.newTruncate(-1)]).toEqual([
      511, 1, 511,
    ]);
    expect([PageOffset.new(4095), PageOffset.newTruncate(4097)]).toEqual([4095, 1]);
    expect([PageTableIndex.forwardChecked(510, 1), PageTableIndex.forwardChecked(511, 1n)]).toEqual([511, undefined]);
    expect([PageTableIndex.backwardChecked(1, 1), PageTableIndex.backwardChecked(0, 1)]).toEqual([0, undefined]);
    expect([1, 2, 3, 4].map((level) => PageTableLevel.toString(level as 1))).toEqual(["One", "Two", "Three", "Four"]);
    expect([PageTableLevel.nextLowerLevel(1), PageTableLevel.nextHigherLevel(4)]).toEqual([undefined, undefined]);
    expect([PageTableLevel.nextLowerLevel(4), PageTableLevel.nextHigherLevel(1)]).toEqual([3, 2]);
    expect(PageTableLevel.tableAddressSpaceAlignment(1)).toBe(2 ** 21);
    expect(PageTableLevel.entryAddressSpaceAlignment(4)).toBe(2 ** 39);
  });
});

describe("formatAddress", () => {
  it("prints in all of Rust's formats", () => {
    const formats = ["{:x}", "{:#x}", "{:X}", "{:#X}", "{:o}", "{:#b}", "{:p}", "{:#018x}", "{:20x}"];
    expect(formats.map((format) => formatAddress(0xbeef, format))).toEqual([
      "beef",
      "0xbeef",
      "BEEF",
      "0xBEEF",
      "137357",
      "0b1011111011101111",
      "0xbeef",
      "0x000000000000beef",
      "                beef",
    ]);
    expect(formatAddress(-1, "{:x}")).toBe("ffffffffffffffff");
  });

  it("fills, aligns and signs as Rust does, and prints a pointer in full", () => {
    const formats = ["{:<6x}", "{:^7x}", "{:*>8X}", "{:*^#09x}", "{:+#x}", "{:#p}", "{:#20p}", "{:<#5p}"];
    expect(formats.map((format) => formatAddress(0xbeef, format))).toEqual([
      "beef  ",
      " beef  ",
      "****BEEF",
      "0x000beef",
      "+0xbeef",
      "0x000000000000beef",
      "0x00000000000000beef",
      "0xbeef",
    ]);
  });

  it("refuses other formats", () => {
    for (const format of ["{}", "{:?}", "", "{:#08d}"])
      expect(() => formatAddress(0, format)).toThrow(expect.objectContaining({ code: "address/format" }));
  });
});
