/** Every maker and method of addresses, pages, frames and indices refuses wrong values, and has written nothing then. */
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
  pages,
  PageTableEntry,
  PageTableIndex,
  PageTableLevel,
  PhysAddr,
  PhysFrame,
  readBytes,
  readThrough,
  recursiveIndex,
  RecursivePageTable,
  Size1GiB,
  Size2MiB,
  VirtAddr,
  walk,
  type MapperAllSizes,
} from "../src/index.ts";
import { DATA, ROOT, Tables } from "./setup.ts";
import { refusals, type Case } from "./refusals.ts";
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
const zero = VirtAddr.ZERO;

const refuses = refusals(AddressError, () => {
  const before = tables.bytes();
  const taken = frames.taken.size;
  return () => tables.isUnchanged(before) && frames.taken.size === taken;
});

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
