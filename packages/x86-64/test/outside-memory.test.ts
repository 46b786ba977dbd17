/** Entries that lead out of memory: every way through the tables says so, and none reads anything else. */
import { describe, expect, it } from "vitest";
import {
  infoMem,
  infoTlb,
  MappedPageTable,
  mappings,
  OffsetPageTable,
  Page,
  pages,
  PhysAddr,
  PhysFrame,
  PhysicalMemoryError,
  readThrough,
  Size1GiB,
  Size2MiB,
  VirtAddr,
  walk,
} from "../src/index.ts";
import { DATA, PRESENT, ROOT, Tables } from "./setup.ts";

const AT = 0x4444_4444_0000;
const address = VirtAddr.new(AT);
const page = Page.containingAddress(AT);
const frame = PhysFrame.containingAddress(0x1_0000_0000);
/** Frames outside of a memory of 64 KiB: just behind it, beyond 32 bits, the last there is. */
const OUTSIDE = [0x1_0000, 0x1_0000_2000, 0xf_ffff_ffff_f000];

/** Tables for {@link AT}, of which the entry of one level names a frame outside. */
function broken(level: 4 | 3 | 2, outside: number): Tables {
  const tables = new Tables(0x1_0000);
  tables.map(AT, 0x8000, PRESENT);
  const { steps } = walk(readThrough(tables.memory), ROOT, AT);
  const { table, index } = steps[4 - level]!;
  tables.memory.writeU64(table + 8 * index, BigInt(outside) | 1n);
  return tables;
}

const cases = ([4, 3, 2] as const).flatMap((level) => OUTSIDE.map((outside) => [level, outside] as const));

describe.each(["OffsetPageTable", "MappedPageTable"] as const)("%s", (kind) => {
  const mapperOf = ({ mapper, root }: Tables): OffsetPageTable | MappedPageTable =>
    kind === "OffsetPageTable" ? mapper : new MappedPageTable(root, (at) => at);
  type Mapper = ReturnType<typeof mapperOf>;
  const ways: readonly (readonly [string, (mapper: Mapper, tables: Tables) => unknown])[] = [
    ["mapTo", (mapper, { frames }) => mapper.mapTo(page.add(1), frame, DATA, frames)],
    ["mapToWithTableFlags", (mapper, { frames }) => mapper.mapToWithTableFlags(page.add(1), frame, 1, DATA, frames)],
    ["unmap", (mapper) => mapper.unmap(page)],
    ["updateFlags", (mapper) => mapper.updateFlags(page, DATA)],
    ["translatePage", (mapper) => mapper.translatePage(page)],
    ["translate", (mapper) => mapper.translate(address)],
    ["translateAddr", (mapper) => mapper.translateAddr(address)],
    ["mapRange", (mapper, { frames }) => mapper.mapRange(Page.range(page.sub(1), page), frame, DATA, frames)],
    ["unmapRange", (mapper) => mapper.unmapRange(Page.range(page, page.add(1)), { allowHoles: true })],
    ["cleanUp", (mapper, { frames }) => mapper.cleanUp(frames)],
    ["cleanUpAddrRange", (mapper, { frames }) => mapper.cleanUpAddrRange(Page.rangeInclusive(page, page), frames)],
  ];

  it.each(ways)("%s throws PhysicalMemoryError, and has changed nothing", (_name, way) => {
    for (const [level, outside] of cases) {
      const tables = broken(level, outside);
      const mapper = mapperOf(tables);
      const before = tables.bytes();
      const taken = tables.frames.taken.size;
      expect(() => way(mapper, tables)).toThrow(
        expect.objectContaining({ name: "PhysicalMemoryError", code: "paging/outside-memory", address: outside }),
      );
      expect(() => way(mapper, tables)).toThrow(`0x${outside.toString(16)}`);
      expect(tables.isUnchanged(before)).toBe(true);
      expect(tables.frames.taken.size).toBe(taken);
      expect(mapper.pendingFlushes).toBe(0);
    }
  });

  it("setFlagsP3Entry and setFlagsP2Entry throw it where they go through the entry", () => {
    for (const outside of OUTSIDE) {
      expect(() => mapperOf(broken(4, outside)).setFlagsP3Entry(page, DATA)).toThrow(PhysicalMemoryError);
      expect(() => mapperOf(broken(3, outside)).setFlagsP2Entry(page, DATA)).toThrow(PhysicalMemoryError);
      mapperOf(broken(4, outside)).setFlagsP4Entry(page, DATA).ignore();
    }
  });

  it("a frame for a table that is outside of memory is not put into the tables", () => {
    for (const outside of OUTSIDE) {
      const tables = new Tables(0x1_0000);
      tables.map(AT, 0x8000, PRESENT);
      const before = tables.bytes();
      const given: PhysFrame[] = [];
      const frames = {
        allocateFrame: () => PhysFrame.fromStartAddress(outside),
        deallocateFrame: (back: PhysFrame) => void given.push(back),
      };
      const mapper = mapperOf(tables);
      for (const other of [
        Page.containingAddress(AT + 2 ** 21),
        Page.containingAddress(AT + 2 ** 30),
        Page.containingAddress(-4096),
      ]) {
        expect(() => mapper.mapTo(other, frame, DATA, frames)).toThrow(PhysicalMemoryError);
        expect(() => mapper.mapRange(Page.range(other, other.add(0)), frame, DATA, frames)).not.toThrow();
        expect(() => mapper.mapRange(Page.rangeInclusive(other, other), frame, DATA, frames)).toThrow(
          PhysicalMemoryError,
        );
        expect(tables.isUnchanged(before)).toBe(true);
      }
      expect(given.map(({ startAddress }) => startAddress)).toEqual([outside, outside, outside]);
    }
  });

  it("a page may lie outside of memory: only tables are read", () => {
    const tables = new Tables(0x1_0000);
    const mapper = mapperOf(tables);
    mapper.mapTo(page, PhysFrame.containingAddress(0xf_ffff_ffff_f000), DATA, tables.frames).ignore();
    expect(mapper.translateAddr(VirtAddr.new(AT + 5))).toBe(0xf_ffff_ffff_f005);
    const large = Page.containingAddress(0x4000_0000, Size1GiB);
    mapper.mapTo(large, PhysFrame.containingAddress(0xf_ffff_c000_0000, Size1GiB), DATA, tables.frames).ignore();
    expect(mapper.translateAddr(VirtAddr.new(0x7fff_ffff))).toBe(0xf_ffff_ffff_ffff);
  });
});

describe("reading tables", () => {
  it("walk, pages, mappings, infoMem and infoTlb throw it", () => {
    for (const [level, outside] of cases) {
      const read = readThrough(broken(level, outside).memory);
      for (const way of [
        () => walk(read, ROOT, AT),
        () => [...pages(read, ROOT)],
        () => [...mappings(read, ROOT)],
        () => infoMem(read, ROOT),
        () => infoTlb(read, ROOT),
      ])
        expect(way).toThrow(expect.objectContaining({ name: "PhysicalMemoryError", code: "paging/outside-memory" }));
    }
  });

  it("a table of which only a part is in memory is outside", () => {
    const tables = new Tables(0x1_0800);
    tables.map(AT, 0x8000);
    tables.root.entry(VirtAddr.p4Index(address)).setAddr(PhysAddr.new(0x1_0000), DATA);
    expect(() => tables.mapper.translateAddr(address)).toThrow(PhysicalMemoryError);
    expect(() => tables.mapper.unmap(page)).toThrow(PhysicalMemoryError);
  });

  it("an offset that leads beyond what a number can be is outside too", () => {
    const tables = new Tables(0x1_0000);
    tables.root.entry(0).bits = 0xf_ffff_ffff_f003n;
    const far = new OffsetPageTable(tables.root, 2 ** 53 - 4096);
    expect(() => far.translateAddr(VirtAddr.ZERO)).toThrow(PhysicalMemoryError);
    expect(() => far.unmap(Page.containingAddress(0, Size2MiB))).toThrow(PhysicalMemoryError);
  });
});
