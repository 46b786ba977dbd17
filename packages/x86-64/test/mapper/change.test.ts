import { describe, expect, it } from "vitest";
import {
  MappedPageTable,
  Page,
  PhysFrame,
  PhysicalMemoryError,
  Size1GiB,
  Size2MiB,
  VirtAddr,
} from "../../src/index.ts";
import { DATA, NO_EXECUTE, PRESENT, ROOT, Tables, USER_ACCESSIBLE, WRITABLE } from "../setup.ts";

const page = Page.containingAddress(0x4444_4444_0000);
const large = Page.containingAddress(0x20_0000, Size2MiB);

/** One page of each size, through a mapper of each kind. */
function mapped(kind: string): Tables & { subject: MappedPageTable | Tables["mapper"] } {
  const tables = new Tables();
  tables.map(page.startAddress, 0xb_8000);
  tables.map(0x20_0000, 0x60_0000, DATA, Size2MiB);
  tables.map(0x4000_0000, 0x8000_0000, DATA, Size1GiB);
  const subject = kind === "MappedPageTable" ? new MappedPageTable(tables.root, (frame) => frame) : tables.mapper;
  return Object.assign(tables, { subject });
}

const refuses = (code: string): Error => expect.objectContaining({ code }) as Error;

describe.each(["OffsetPageTable", "MappedPageTable"])("%s", (kind) => {
  it("unmaps and changes flags where the tables lead now, also after somebody else has changed the way there", () => {
    const { subject, memory, frames } = mapped(kind);
    for (const each of [1, 2, 3, 4])
      subject.mapTo(page.add(each), PhysFrame.containingAddress(0x1000), DATA, frames).ignore();
    subject.updateFlags(page.add(1), PRESENT).ignore();
    expect(memory.readU64(0x4000 + 8 * 0x41)).toBe(0x1001n);
    // Another table takes the place of the one of level 1.
    memory.writeU64(0x9000 + 8 * 0x42, 0x5003n);
    memory.writeU64(0x3000 + 8 * 0x22, 0x9003n);
    subject.updateFlags(page.add(2), PRESENT).ignore();
    expect(memory.readU64(0x9000 + 8 * 0x42)).toBe(0x5001n);
    expect(memory.readU64(0x4000 + 8 * 0x42)).toBe(0x1003n);
    expect(subject.unmap(page.add(2)).frame.startAddress).toBe(0x5000);
    expect(() => subject.unmap(page.add(3))).toThrow(refuses("map/page-not-mapped"));
    // An entry on the way differs in its upper half alone: that address is outside of memory.
    memory.writeU64(0x2000 + 8 * 0x111, 0x1_0000_3003n);
    expect(() => subject.unmap(page.add(4))).toThrow(PhysicalMemoryError);
    expect(() => subject.updateFlags(page.add(4), PRESENT)).toThrow(PhysicalMemoryError);
    expect(() => subject.mapTo(page.add(5), PhysFrame.containingAddress(0), DATA, frames)).toThrow(PhysicalMemoryError);
    expect(() => subject.translateAddr(page.startAddress)).toThrow(PhysicalMemoryError);
    // The way ends.
    memory.writeU64(0x2000 + 8 * 0x111, 0n);
    expect(() => subject.unmap(page.add(4))).toThrow(refuses("map/page-not-mapped"));
    memory.writeU64(0x2000 + 8 * 0x111, 0x83n);
    expect(() => subject.unmap(page.add(4))).toThrow(refuses("map/parent-entry-huge-page"));
  });

  it("unmap gives the frame back, leaves the tables, and refuses the second time", () => {
    const { subject, memory, frames } = mapped(kind);
    const taken = frames.taken.size;
    expect(subject.unmap(page).frame.toString()).toBe("PhysFrame[4KiB](0xb8000)");
    expect(subject.unmap(large).frame.toString()).toBe("PhysFrame[2MiB](0x600000)");
    expect(memory.readU64(0x4000 + 8 * 0x40)).toBe(0n);
    expect(frames.taken.size).toBe(taken);
    expect(() => subject.unmap(page)).toThrow(refuses("map/page-not-mapped"));
    expect(() => subject.unmap(Page.containingAddress(0))).toThrow(refuses("map/page-not-mapped"));
    expect(() => subject.unmap(Page.containingAddress(0x4000_1000))).toThrow(refuses("map/parent-entry-huge-page"));
    expect(() => subject.unmap(Page.containingAddress(0x4444_4440_0000, Size2MiB))).toThrow(
      refuses("map/parent-entry-huge-page"),
    );
  });

  it("unmap refuses a large page whose frame is not aligned, and a small one with bit 7", () => {
    const { subject, memory } = mapped(kind);
    memory.writeU64(0x4000 + 8 * 0x40, 0xb_8083n);
    expect(() => subject.unmap(page)).toThrow(refuses("map/parent-entry-huge-page"));
    const level2 = subject.level4Table.entry(0).addr();
    const table = Number(memory.readU64(level2) & 0xf_f000n);
    memory.writeU64(table + 8, 0x60_1083n);
    expect(() => subject.unmap(large)).toThrow(
      expect.objectContaining({ code: "map/invalid-frame-address", address: 0x60_1000 }),
    );
    expect(memory.readU64(table + 8)).toBe(0x60_1083n);
  });

  it("updateFlags replaces the flags and keeps the frame", () => {
    const { subject, memory } = mapped(kind);
    subject.updateFlags(page, PRESENT | NO_EXECUTE).ignore();
    expect(memory.readU64(0x4000 + 8 * 0x40)).toBe(0x8000_0000_000b_8001n);
    subject.updateFlags(page, 0x7n | (1n << 62n)).ignore();
    expect(memory.readU64(0x4000 + 8 * 0x40)).toBe(0x4000_0000_000b_8007n);
    subject.updateFlags(large, PRESENT).ignore();
    expect(subject.translate(VirtAddr.new(0x20_0000))).toMatchObject({ kind: "mapped", flags: PRESENT | 0x80 });
    expect(() => subject.updateFlags(page.add(1), PRESENT)).toThrow(refuses("map/page-not-mapped"));
    expect(() => subject.updateFlags(Page.containingAddress(0x20_1000), PRESENT)).toThrow(
      refuses("map/parent-entry-huge-page"),
    );
  });

  it("setFlagsP4Entry, P3 and P2 replace a parent's flags", () => {
    const { subject, memory } = mapped(kind);
    subject.setFlagsP4Entry(page, PRESENT | WRITABLE | USER_ACCESSIBLE).ignore();
    subject.setFlagsP3Entry(page, PRESENT).ignore();
    subject.setFlagsP2Entry(page, PRESENT | NO_EXECUTE).ignore();
    expect(memory.readU64(ROOT + 8 * 0x88)).toBe(0x2007n);
    expect(memory.readU64(0x2000 + 8 * 0x111)).toBe(0x3001n);
    expect(memory.readU64(0x3000 + 8 * 0x22)).toBe(0x8000_0000_0000_4001n);
    expect(() => subject.setFlagsP2Entry(large, PRESENT)).toThrow(refuses("map/parent-entry-huge-page"));
    expect(() => subject.setFlagsP3Entry(Page.containingAddress(0, Size1GiB), PRESENT)).toThrow(
      refuses("map/parent-entry-huge-page"),
    );
    expect(() => subject.setFlagsP2Entry(Page.containingAddress(-4096), PRESENT)).toThrow(
      refuses("map/page-not-mapped"),
    );
  });

  it("translatePage, translate and translateAddr agree for every size", () => {
    const { subject } = mapped(kind);
    expect(subject.translatePage(page).startAddress).toBe(0xb_8000);
    expect(subject.translatePage(large).startAddress).toBe(0x60_0000);
    expect(subject.translatePage(Page.containingAddress(0x4000_0000, Size1GiB)).startAddress).toBe(0x8000_0000);
    expect(subject.translateAddr(VirtAddr.new(0x7fff_ffff))).toBe(0xbfff_ffff);
    expect(subject.translate(VirtAddr.new(0x3f_ffff))).toMatchObject({ kind: "mapped", offset: 0x1f_ffff });
    expect(subject.translate(VirtAddr.new(0x40_0000))).toEqual({ kind: "not-mapped" });
    expect(subject.translateAddr(VirtAddr.new(-1))).toBeUndefined();
    expect(() => subject.translatePage(page.add(1))).toThrow(refuses("map/page-not-mapped"));
    expect(() => subject.translatePage(Page.containingAddress(0x20_0000))).toThrow(
      refuses("map/parent-entry-huge-page"),
    );
  });

  it("counts every reminder until it is answered, once", () => {
    const { subject, frames } = mapped(kind);
    const calls: unknown[] = [];
    const tlb = {
      flush: (at: number) => void calls.push(at),
      flushAll: () => void calls.push("all"),
      flushPcid: () => undefined,
    };
    const first = subject.mapTo(page.add(1), PhysFrame.containingAddress(0), DATA, frames);
    const second = subject.setFlagsP4Entry(page, DATA);
    expect(subject.pendingFlushes).toBe(2);
    first.flush(tlb);
    first.ignore();
    expect(subject.pendingFlushes).toBe(1);
    second.flushAll(tlb);
    second.ignore();
    expect(subject.pendingFlushes).toBe(0);
    expect(calls).toEqual([page.startAddress + 4096, "all"]);
    expect(String(first)).toBe("MapperFlush(Page[4KiB](0x444444441000))");
    expect(String(second)).toBe("MapperFlushAll(())");
  });
});
