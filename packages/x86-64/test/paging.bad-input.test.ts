/** Everything that writes page tables refuses wrong values, and has written nothing then. */
import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  AddressError,
  flagsAtLevel,
  infoMem,
  MappedPageTable,
  mappings,
  OffsetPageTable,
  Page,
  PageRange,
  PageRangeInclusive,
  PageTable,
  PageTableEntry,
  PageTableFlags,
  PhysAddr,
  PhysFrame,
  PhysFrameRange,
  PhysFrameRangeInclusive,
  readThrough,
  Size1GiB,
  Size2MiB,
  Size4KiB,
  VirtAddr,
  walk,
  type MapperAllSizes,
} from "../src/index.ts";
import { DATA, Tables } from "./setup.ts";
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
const largePage = Page.fromStartAddress(0x20_0000, Size2MiB);
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
  it("mapRange refuses a list with something else than frames of 4 KiB, wherever it is", () => {
    const before = tables.bytes();
    for (const wrongOne of [5, null, undefined, {}, PhysFrame.containingAddress(0, Size2MiB)] as never[])
      for (const list of [
        [frame, wrongOne],
        [wrongOne, frame],
      ])
        expect(() => tables.mapper.mapRange(two, list, 3, frames)).toThrow(
          expect.objectContaining({ name: "AddressError", code: "address/size" }),
        );
    const large = Page.range(largePage.first4KiBPage().add(512), largePage.first4KiBPage().add(1024));
    const list = Array.from({ length: 512 }, (_, i) => PhysFrame.fromStartAddress(0x40_0000 + i * 4096));
    list[511] = undefined as never;
    expect(() => tables.mapper.mapRange(large, list, 3, frames)).toThrow(
      expect.objectContaining({ code: "address/size" }),
    );
    expect(tables.isUnchanged(before)).toBe(true);
  });
  it("mapRange refuses what is no target and no allocator", () => {
    const before = tables.bytes();
    const panic = expect.objectContaining({ name: "MapperPanic", code: "mapper/allocator" }) as Error;
    for (const wrongOne of [undefined, null, 5, {}, { allocateFrame: () => undefined }] as never[]) {
      expect(() => tables.mapper.mapRange(two, wrongOne, 3, frames)).toThrow(panic);
      expect(() => tables.mapper.mapRange(two, frame, 3, wrongOne)).toThrow(panic);
    }
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
