/** Every public maker and method of addresses and paging refuses wrong values, and has written nothing then. */
import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  AddressError,
  alignDownU64,
  alignUpU64,
  flagsAtLevel,
  formatAddress,
  infoMem,
  infoTlb,
  MappedPageTable,
  mappings,
  OffsetPageTable,
  Page,
  PageOffset,
  PageRange,
  PageRangeInclusive,
  pages,
  PageTable,
  PageTableEntry,
  PageTableFlags,
  PageTableIndex,
  PageTableLevel,
  PhysAddr,
  PhysFrame,
  PhysFrameRange,
  PhysFrameRangeInclusive,
  readBytes,
  readThrough,
  recursiveIndex,
  RecursivePageTable,
  Size1GiB,
  Size2MiB,
  Size4KiB,
  VirtAddr,
  walk,
  type AddressErrorCode,
  type MapperAllSizes,
} from "../src/index.ts";
import { DATA, ROOT, Tables } from "./setup.ts";
import * as wrong from "./wrong-values.ts";

const tables = new Tables(0x1_0000);
tables.map(0x1000, 0x8000);
tables.map(0x20_0000, 0x20_0000, DATA, Size2MiB);
const { memory, frames, root } = tables;
const read = readThrough(memory);
const entry = new PageTableEntry(memory, 0xf000);
entry.bits = 0x5003n;
const page = Page.fromStartAddress(0x1000);
const frame = PhysFrame.fromStartAddress(0x9000);
const largePage = Page.fromStartAddress(0x20_0000, Size2MiB);
const zero = VirtAddr.ZERO;

/** What is called with a wrong value; a value of any type goes where the types demand another. */
type Call = (value: never) => unknown;
type Case = readonly [name: string, call: Call];

/** Checks that each call refuses each value: class, code, the value in the message, and that no byte has changed. */
function refuses(code: AddressErrorCode, values: readonly unknown[], cases: readonly Case[]): void {
  it.each(cases)("%s", (_name, call) => {
    const before = tables.bytes();
    const taken = frames.taken.size;
    for (const value of values) {
      let caught: unknown;
      try {
        call(value as never);
      } catch (error) {
        caught = error;
      }
      expect(caught, wrong.shown(value)).toBeInstanceOf(AddressError);
      expect(caught).toMatchObject({ name: "AddressError", code });
      expect((caught as AddressError).message).toContain(wrong.shown(value));
    }
    expect(tables.isUnchanged(before)).toBe(true);
    expect(frames.taken.size).toBe(taken);
  });
}

const mappers: readonly (readonly [string, MapperAllSizes & OffsetPageTable])[] = [
  ["OffsetPageTable", tables.mapper],
  ["MappedPageTable", new MappedPageTable(root, (at) => at) as unknown as OffsetPageTable],
];
/** A case for each mapper. */
const each = (name: string, call: (mapper: OffsetPageTable, value: never) => unknown): Case[] =>
  mappers.map(([kind, mapper]) => [`${kind}.${name}`, (value) => call(mapper, value)]);

describe("what is no canonical address", () => {
  refuses("address/not-canonical", wrong.NOT_CANONICAL_WORDS, [
    ["VirtAddr.new", (v) => VirtAddr.new(v)],
    ["VirtAddr.asU64", (v) => VirtAddr.asU64(v)],
    ["VirtAddr.isNull", (v) => VirtAddr.isNull(v)],
    ["VirtAddr.alignDown", (v) => VirtAddr.alignDown(v, 16)],
    ["VirtAddr.alignDown by a bigint", (v) => VirtAddr.alignDown(v, 16n)],
    ["VirtAddr.alignUp", (v) => VirtAddr.alignUp(v, 16)],
    ["VirtAddr.isAligned", (v) => VirtAddr.isAligned(v, 16)],
    ["VirtAddr.tableIndex", (v) => VirtAddr.tableIndex(v, 2)],
    ["VirtAddr.p1Index", (v) => VirtAddr.p1Index(v)],
    ["VirtAddr.p4Index", (v) => VirtAddr.p4Index(v)],
    ["VirtAddr.pageOffset", (v) => VirtAddr.pageOffset(v)],
    ["VirtAddr.diff", (v) => VirtAddr.diff(v, zero)],
    ["VirtAddr.diff from", (v) => VirtAddr.diff(zero, v)],
    ["VirtAddr.compare", (v) => VirtAddr.compare(v, zero)],
    ["VirtAddr.compare with", (v) => VirtAddr.compare(zero, v)],
    ["VirtAddr.stepsBetween", (v) => VirtAddr.stepsBetween(v, zero)],
    ["VirtAddr.stepsBetween to", (v) => VirtAddr.stepsBetween(zero, v)],
    ["VirtAddr.forwardChecked", (v) => VirtAddr.forwardChecked(v, 1)],
    ["VirtAddr.backwardChecked", (v) => VirtAddr.backwardChecked(v, 1)],
    ["VirtAddr.add", (v) => VirtAddr.add(v, 1)],
    ["VirtAddr.add of a bigint", (v) => VirtAddr.add(v, 1n)],
    ["VirtAddr.sub", (v) => VirtAddr.sub(v, 1)],
    ["walk", (v) => walk(read, ROOT, v)],
    ["recursiveIndex", (v) => recursiveIndex(v)],
  ]);
  refuses("address/not-canonical", wrong.NOT_CANONICAL, [
    ["Page.containingAddress", (v) => Page.containingAddress(v)],
    ["Page.containingAddress of 2 MiB", (v) => Page.containingAddress(v, Size2MiB)],
    ["Page.fromStartAddress", (v) => Page.fromStartAddress(v)],
    ["Page.fromStartAddress of 1 GiB", (v) => Page.fromStartAddress(v, Size1GiB)],
    ...each("translate", (mapper, v) => mapper.translate(v)),
    ...each("translateAddr", (mapper, v) => mapper.translateAddr(v)),
    ["RecursivePageTable.new", (v) => RecursivePageTable.new(memory, v, PhysAddr.ZERO)],
  ]);
  refuses("address/not-canonical", wrong.NO_TRUNCATABLE, [["VirtAddr.newTruncate", (v) => VirtAddr.newTruncate(v)]]);
  refuses("address/not-canonical", wrong.NO_INTEGERS, [["formatAddress", (v) => formatAddress(v, "{:#x}")]]);
});

describe("what is no physical address", () => {
  refuses("address/not-physical", wrong.NOT_PHYSICAL_WORDS, [
    ["PhysAddr.new", (v) => PhysAddr.new(v)],
    ["PhysAddr.asU64", (v) => PhysAddr.asU64(v)],
    ["PhysAddr.isNull", (v) => PhysAddr.isNull(v)],
    ["PhysAddr.alignDown", (v) => PhysAddr.alignDown(v, 16)],
    ["PhysAddr.alignUp", (v) => PhysAddr.alignUp(v, 16)],
    ["PhysAddr.isAligned", (v) => PhysAddr.isAligned(v, 16)],
    ["PhysAddr.add", (v) => PhysAddr.add(v, 1)],
    ["PhysAddr.sub", (v) => PhysAddr.sub(v, 1)],
    ["PhysAddr.diff", (v) => PhysAddr.diff(v, PhysAddr.ZERO)],
    ["PhysAddr.diff from", (v) => PhysAddr.diff(PhysAddr.ZERO, v)],
    ["entry.setAddr", (v) => entry.setAddr(v, 1)],
    ["RecursivePageTable.new", (v) => RecursivePageTable.new(memory, zero, v)],
  ]);
  refuses("address/not-physical", wrong.NOT_PHYSICAL, [
    ["PhysFrame.containingAddress", (v) => PhysFrame.containingAddress(v)],
    ["PhysFrame.containingAddress of 2 MiB", (v) => PhysFrame.containingAddress(v, Size2MiB)],
    ["PhysFrame.fromStartAddress", (v) => PhysFrame.fromStartAddress(v)],
    ["walk's table", (v) => walk(read, v, 0)],
    ["pages' table", (v) => [...pages(read, v)]],
    ["mappings' table", (v) => [...mappings(read, v)]],
    ["infoMem's table", (v) => infoMem(read, v)],
    ["infoTlb's table", (v) => infoTlb(read, v)],
  ]);
  const notUndefined = wrong.NOT_PHYSICAL.filter((value) => value !== undefined);
  refuses("address/not-physical", notUndefined, [["readBytes", (v) => readBytes(new Uint8Array(8), v)]]);
  refuses("address/not-physical", wrong.NO_TRUNCATABLE, [["PhysAddr.newTruncate", (v) => PhysAddr.newTruncate(v)]]);
});

describe("what is misaligned", () => {
  const notUndefined = wrong.MISALIGNED.filter((value) => value !== undefined);
  refuses("address/not-aligned", wrong.MISALIGNED, [
    ["new PageTable", (v) => new PageTable(memory, v)],
    ["PageTable.over", (v) => PageTable.over(memory.buffer, v)],
    ["new OffsetPageTable", (v) => new OffsetPageTable(root, v)],
  ]);
  refuses(
    "address/not-aligned",
    [...wrong.NO_INTEGERS, 1, 4, 0x1004, 2 ** 53],
    [["new PageTableEntry", (v) => new PageTableEntry(memory, v)]],
  );
  refuses(
    "address/not-aligned",
    notUndefined.filter((v) => typeof v !== "number" || v % 8 !== 0 || v > 2 ** 52),
    [["readThrough", (v) => readThrough(memory, v)]],
  );
  const addresses = [1, 8, 0x1008, 0xfff];
  refuses("address/not-aligned", addresses, [
    ["Page.fromStartAddress", (v) => Page.fromStartAddress(v)],
    ["PhysFrame.fromStartAddress", (v) => PhysFrame.fromStartAddress(v)],
    ["entry.setAddr", (v) => entry.setAddr(v, 1)],
    ["walk's table", (v) => walk(read, v, 0)],
    ["mappings' table", (v) => [...mappings(read, v)]],
    ["infoMem's table", (v) => infoMem(read, v)],
    ["MappedPageTable's pointer", (v) => new MappedPageTable(root, () => v).translate(zero)],
    [
      "MappedPageTable's pointer, when mapping",
      (v) => new MappedPageTable(root, () => v).mapTo(page, frame, 7, frames),
    ],
  ]);
  refuses(
    "address/not-aligned",
    [0x1000, 0x1f_f000, 0x1000_0000_1000],
    [
      ["Page.fromStartAddress of 2 MiB", (v) => Page.fromStartAddress(v, Size2MiB)],
      ["Page.fromStartAddress of 1 GiB", (v) => Page.fromStartAddress(v, Size1GiB)],
      ["PhysFrame.fromStartAddress of 2 MiB", (v) => PhysFrame.fromStartAddress(v, Size2MiB)],
      ...each("mapTo of 2 MiB to a frame of 4 KiB", (mapper, v) =>
        mapper.mapTo(largePage, PhysFrame.fromStartAddress(v) as never, 3, frames),
      ),
    ],
  );
});

describe("what is no count", () => {
  refuses("address/overflow", wrong.NO_COUNTS, [
    ["VirtAddr.add", (v) => VirtAddr.add(zero, v)],
    ["VirtAddr.sub", (v) => VirtAddr.sub(zero, v)],
    ["VirtAddr.forwardChecked", (v) => VirtAddr.forwardChecked(zero, v)],
    ["VirtAddr.backwardChecked", (v) => VirtAddr.backwardChecked(zero, v)],
    ["PhysAddr.add", (v) => PhysAddr.add(PhysAddr.ZERO, v)],
    ["PhysAddr.sub", (v) => PhysAddr.sub(PhysAddr.ZERO, v)],
    ["page.add", (v) => page.add(v)],
    ["page.sub", (v) => page.sub(v)],
    ["page.forwardChecked", (v) => page.forwardChecked(v)],
    ["page.backwardChecked", (v) => page.backwardChecked(v)],
    ["frame.add", (v) => frame.add(v)],
    ["frame.sub", (v) => frame.sub(v)],
    ["PageTableIndex.forwardChecked", (v) => PageTableIndex.forwardChecked(5, v)],
    ["PageTableIndex.backwardChecked", (v) => PageTableIndex.backwardChecked(5, v)],
  ]);
  it("refuses to leave the addresses there are", () => {
    const overflow = expect.objectContaining({ name: "AddressError", code: "address/overflow" }) as Error;
    for (const run of [
      () => VirtAddr.add(zero, 2 ** 47),
      () => VirtAddr.sub(zero, 1),
      () => VirtAddr.add(zero, 2n ** 64n),
      () => VirtAddr.alignUp(VirtAddr.new(-1), 2),
      () => VirtAddr.diff(zero, VirtAddr.new(1)),
      () => PhysAddr.add(PhysAddr.new(2 ** 52 - 1), 1),
      () => PhysAddr.sub(PhysAddr.ZERO, 1n),
      () => PhysAddr.alignUp(PhysAddr.new(2 ** 52 - 1), 4096),
      () => PhysAddr.diff(PhysAddr.ZERO, PhysAddr.new(1)),
      () => page.sub(2),
      () => page.add(2 ** 40),
      () => frame.sub(0x10),
      () => frame.add(2n ** 60n),
      () => alignUpU64(2n ** 64n - 1n, 2n),
    ])
      expect(run).toThrow(overflow);
  });
});

describe("what is no alignment", () => {
  refuses("address/align", wrong.NO_ALIGNMENTS, [
    ["VirtAddr.alignDown", (v) => VirtAddr.alignDown(zero, v)],
    ["VirtAddr.alignUp", (v) => VirtAddr.alignUp(zero, v)],
    ["VirtAddr.isAligned", (v) => VirtAddr.isAligned(zero, v)],
    ["PhysAddr.alignDown", (v) => PhysAddr.alignDown(PhysAddr.ZERO, v)],
    ["PhysAddr.alignUp", (v) => PhysAddr.alignUp(PhysAddr.ZERO, v)],
    ["alignDownU64", (v) => alignDownU64(8n, v)],
    ["alignUpU64", (v) => alignUpU64(8n, v)],
  ]);
  refuses("address/overflow", wrong.NO_WORDS.slice(0, -2).concat(2n ** 64n), [
    ["alignDownU64's value", (v) => alignDownU64(v, 8n)],
    ["alignUpU64's value", (v) => alignUpU64(v, 8n)],
  ]);
});

describe("what is no level", () => {
  refuses(
    "address/level",
    [...wrong.NO_LEVELS, 5],
    [
      ["VirtAddr.tableIndex", (v) => VirtAddr.tableIndex(zero, v)],
      ["page.pageTableIndex", (v) => page.pageTableIndex(v)],
      ["PageTableLevel.nextLowerLevel", (v) => PageTableLevel.nextLowerLevel(v)],
      ["PageTableLevel.nextHigherLevel", (v) => PageTableLevel.nextHigherLevel(v)],
      ["PageTableLevel.tableAddressSpaceAlignment", (v) => PageTableLevel.tableAddressSpaceAlignment(v)],
      ["PageTableLevel.entryAddressSpaceAlignment", (v) => PageTableLevel.entryAddressSpaceAlignment(v)],
      ["PageTableLevel.toString", (v) => PageTableLevel.toString(v)],
      ["RecursivePageTable.tablePage", (v) => RecursivePageTable.tablePage(1, page, v)],
    ],
  );
  refuses("address/level", wrong.NO_LEVELS, [
    ["flagsAtLevel", (v) => flagsAtLevel(0n, v)],
    ["entry.flagsAtLevel", (v) => entry.flagsAtLevel(v)],
  ]);
});

describe("what is no index", () => {
  refuses("address/index", wrong.NO_INDICES, [
    ["PageTableIndex.new", (v) => PageTableIndex.new(v)],
    ["PageTableIndex.forwardChecked", (v) => PageTableIndex.forwardChecked(v, 0)],
    ["PageTableIndex.backwardChecked", (v) => PageTableIndex.backwardChecked(v, 0)],
    ["table.entry", (v) => root.entry(v)],
    ["Page.fromPageTableIndices 4", (v) => Page.fromPageTableIndices(v, 0, 0, 0)],
    ["Page.fromPageTableIndices 1", (v) => Page.fromPageTableIndices(0, 0, 0, v)],
    ["Page.fromPageTableIndices2MiB", (v) => Page.fromPageTableIndices2MiB(0, 0, v)],
    ["Page.fromPageTableIndices1GiB", (v) => Page.fromPageTableIndices1GiB(0, v)],
    ["RecursivePageTable.newUnchecked", (v) => RecursivePageTable.newUnchecked(root, v)],
    ["RecursivePageTable.tablePage", (v) => RecursivePageTable.tablePage(v, page, 1)],
  ]);
  refuses("address/index", wrong.NO_OFFSETS, [["PageOffset.new", (v) => PageOffset.new(v)]]);
  refuses(
    "address/index",
    [...wrong.NO_INTEGERS, 2 ** 53, 1n],
    [
      ["PageTableIndex.newTruncate", (v) => PageTableIndex.newTruncate(v)],
      ["PageOffset.newTruncate", (v) => PageOffset.newTruncate(v)],
    ],
  );
});

describe("what are no flags", () => {
  const range = Page.range(page.add(1), page.add(2));
  refuses("address/flags", wrong.NO_FLAGS, [
    ["PageTableFlags.toBits", (v) => PageTableFlags.toBits(v)],
    ["PageTableFlags.names", (v) => PageTableFlags.names(v)],
    ["PageTableFlags.isEmpty", (v) => PageTableFlags.isEmpty(v)],
    ["PageTableFlags.isAll", (v) => PageTableFlags.isAll(v)],
    ["PageTableFlags.contains", (v) => PageTableFlags.contains(v, 1)],
    ["PageTableFlags.contains other", (v) => PageTableFlags.contains(1, v)],
    ["PageTableFlags.intersects", (v) => PageTableFlags.intersects(v, 1)],
    ["PageTableFlags.intersects other", (v) => PageTableFlags.intersects(1, v)],
    ["PageTableFlags.union", (v) => PageTableFlags.union(1, v)],
    ["PageTableFlags.intersection", (v) => PageTableFlags.intersection(v, 1)],
    ["PageTableFlags.difference", (v) => PageTableFlags.difference(1, v)],
    ["PageTableFlags.symmetricDifference", (v) => PageTableFlags.symmetricDifference(v, 1)],
    ["PageTableFlags.complement", (v) => PageTableFlags.complement(v)],
    ["PageTableFlags.compare", (v) => PageTableFlags.compare(v, 1)],
    ["PageTableFlags.compare with", (v) => PageTableFlags.compare(1, v)],
    ["PageTableFlags.toString", (v) => PageTableFlags.toString(v)],
    ["entry.setAddr", (v) => entry.setAddr(PhysAddr.ZERO, v)],
    ["entry.setFrame", (v) => entry.setFrame(frame, v)],
    ["entry.setFlags", (v) => entry.setFlags(v)],
    ...each("mapTo in a table that is there", (mapper, v) => mapper.mapTo(page.add(1), frame, v, frames)),
    ...each("mapTo", (mapper, v) => mapper.mapTo(Page.fromStartAddress(-4096), frame, v, frames)),
    ...each("mapTo of 2 MiB", (mapper, v) =>
      mapper.mapTo(Page.fromStartAddress(-(2 ** 21), Size2MiB), PhysFrame.fromStartAddress(0, Size2MiB), v, frames),
    ),
    ...each("mapToWithTableFlags", (mapper, v) => mapper.mapToWithTableFlags(page.add(1), frame, v, 3, frames)),
    ...each("mapToWithTableFlags for tables", (mapper, v) =>
      mapper.mapToWithTableFlags(page.add(1), frame, 3, v, frames),
    ),
    ...each("identityMap", (mapper, v) => mapper.identityMap(frame, v, frames)),
    ...each("updateFlags", (mapper, v) => mapper.updateFlags(page, v)),
    ...each("updateFlags of 2 MiB", (mapper, v) => mapper.updateFlags(largePage, v)),
    ...each("setFlagsP4Entry", (mapper, v) => mapper.setFlagsP4Entry(page, v)),
    ...each("setFlagsP3Entry", (mapper, v) => mapper.setFlagsP3Entry(page, v)),
    ...each("setFlagsP2Entry", (mapper, v) => mapper.setFlagsP2Entry(page, v)),
    ...each("mapRange", (mapper, v) => mapper.mapRange(range, frame, v, frames)),
  ]);
  refuses(
    "address/flags",
    [...wrong.NO_FLAGS.filter((v) => v !== undefined), 2, 0x81, 3n],
    [...each("mapRange for tables", (mapper, v) => mapper.mapRange(range, frame, 3, frames, { tableFlags: v }))],
  );
  refuses("address/flags", wrong.NO_WORDS, [
    ["PageTableFlags.fromBits", (v) => PageTableFlags.fromBits(v)],
    ["PageTableFlags.fromBitsTruncate", (v) => PageTableFlags.fromBitsTruncate(v)],
    ["PageTableFlags.fromBitsRetain", (v) => PageTableFlags.fromBitsRetain(v)],
    ["flagsAtLevel", (v) => flagsAtLevel(v, 1)],
    [
      "entry.bits",
      (v) => {
        entry.bits = v;
      },
    ],
  ]);
  refuses(
    "address/flags",
    [PageTableFlags.HUGE_PAGE],
    [["entry.setFrame with HUGE_PAGE", (v) => entry.setFrame(frame, v)]],
  );
});

describe("ranges", () => {
  refuses(
    "address/size",
    [0x40_0000],
    [
      ["new PageRange", (v) => new PageRange(page, Page.fromStartAddress(v, Size2MiB) as never)],
      ["new PageRangeInclusive", (v) => new PageRangeInclusive(page, Page.fromStartAddress(v, Size2MiB) as never)],
      ["new PhysFrameRange", (v) => new PhysFrameRange(frame, PhysFrame.fromStartAddress(v, Size2MiB) as never)],
      [
        "new PhysFrameRangeInclusive",
        (v) => new PhysFrameRangeInclusive(frame, PhysFrame.fromStartAddress(v, Size2MiB) as never),
      ],
      ["Page.range", (v) => Page.range(Page.fromStartAddress(v), Page.fromStartAddress(v, Size2MiB) as never)],
    ],
  );
  const two = Page.range(page.add(1), page.add(3));
  refuses(
    "address/size",
    [NaN, 0x1000, "4KiB", null],
    [...each("mapRange's largest", (mapper, v) => mapper.mapRange(two, frame, 3, frames, { largest: v }))],
  );
  it("mapRange refuses targets of another length", () => {
    const before = tables.bytes();
    for (const target of [[frame], [frame, frame, frame], PhysFrame.range(frame, frame.add(1)), []])
      expect(() => tables.mapper.mapRange(two, target, 3, frames)).toThrow(
        expect.objectContaining({ name: "AddressError", code: "address/length" }),
      );
    expect(() => tables.mapper.mapRange(two, PhysFrame.containingAddress(2 ** 52 - 1), 3, frames)).toThrow(
      expect.objectContaining({ code: "address/overflow" }),
    );
    expect(tables.isUnchanged(before)).toBe(true);
  });
  it("PageTable.over refuses a table outside of the bytes", () => {
    const buffer = new ArrayBuffer(0x1800);
    expect(PageTable.over(buffer, 0).entry(0).bits).toBe(0n);
    for (const offset of [-4096, 0x1000, 0x2000])
      expect(() => PageTable.over(buffer, offset)).toThrow(
        expect.objectContaining({ name: "PhysicalMemoryError", address: offset }),
      );
    expect(new LinearMemory(buffer).readU64(0)).toBe(0n);
    expect(Size4KiB.bytes).toBe(4096);
  });
});
