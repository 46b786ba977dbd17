/** Virtual memory is a Memory: the laws of memory hold on pages that lie scattered. */
import { memoryLaws } from "@kmem/memory/testing";
import { Cr4Flags, Page, Size2MiB } from "@kmem/x86-64";
import { describe, expect, it } from "vitest";
import { CpuException, EXECUTE, Mmu, PhysicalMemoryError, READ, VirtualMemory, WRITE } from "../src/index.ts";
import { DATA, GLOBAL, MIB, NO_EXECUTE, Pc, PRESENT, RAM, USER_ACCESSIBLE, WRITABLE } from "./pc.ts";

const HEAP = 0x4444_4444_0000;

/** Pages that follow each other virtually, and lie in falling frames. */
function scattered(start: number): VirtualMemory {
  const pc = new Pc();
  for (let i = 0; i < 4; i++) pc.map(start + i * 4096, 0x80_0000 - i * 0x3000);
  return new VirtualMemory(pc.machine.mmu);
}

describe.each([
  ["the lower half", HEAP],
  ["the upper half", -(2 ** 47) + 0x1000],
  ["the end of the lower half", 2 ** 47 - 4 * 4096],
])("VirtualMemory in %s", (_, start) => {
  for (const law of memoryLaws(() => scattered(start), start, 4 * 4096)) it(law.name, law.run);
});

/** What an access is refused with. */
function refusal(access: () => unknown): { vector: number; errorCode: number | undefined; address: number } {
  try {
    access();
  } catch (error) {
    if (error instanceof CpuException) return error;
    throw error;
  }
  throw new Error("the access was allowed");
}

describe("an access across two pages", () => {
  it("changes both or none", () => {
    const pc = new Pc();
    pc.map(HEAP, 0x80_0000);
    pc.map(HEAP + 4096, 0x70_0000, PRESENT);
    const memory = new VirtualMemory(pc.machine.mmu);
    for (const [write, width] of [
      [(): void => memory.writeU16(HEAP + 4095, 0xffff), 2],
      [(): void => memory.writeU32(HEAP + 4094, 0xffff_ffff), 4],
      [(): void => memory.writeU64(HEAP + 4092, 2n ** 64n - 1n), 8],
    ] as const) {
      const { vector, errorCode, address } = refusal(write);
      // Protection violation by a write, at the first byte of the second page.
      expect([vector, errorCode, address]).toEqual([14, 3, HEAP + 4096]);
      expect(memory.readU8(HEAP + 4095)).toBe(0);
      expect(width).toBeGreaterThan(1);
    }
    refusal(() => memory.fill(HEAP, 0xff, 8192));
    refusal(() => memory.copy(HEAP + 100, HEAP, 4096));
    refusal(() => memory.writeBytes(HEAP + 10, new Uint8Array(5000).fill(1)));
    const bytes = new Uint8Array(4096);
    memory.readBytes(HEAP, bytes);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});

describe("the translation cache", () => {
  it("serves a stale translation until it is flushed", () => {
    const pc = new Pc();
    pc.map(HEAP, 0x80_0000);
    const { mmu, ram } = pc.machine;
    const memory = new VirtualMemory(mmu);
    ram.writeU32(0x80_0000, 1);
    ram.writeU32(0x90_0000, 2);
    expect(memory.readU32(HEAP)).toBe(1);
    pc.mapper.unmap(Page.containingAddress(HEAP)).flush.ignore();
    pc.map(HEAP, 0x90_0000);
    expect(memory.readU32(HEAP)).toBe(1);
    mmu.flush(HEAP);
    expect(memory.readU32(HEAP)).toBe(2);
  });

  it("remembers no page that is not there: a new mapping needs no flush", () => {
    const pc = new Pc();
    const memory = new VirtualMemory(pc.machine.mmu);
    expect(refusal(() => memory.readU32(HEAP))).toMatchObject({ vector: 14, errorCode: 0, address: HEAP });
    pc.map(HEAP, 0x80_0000);
    expect(memory.readU32(HEAP)).toBe(0);
  });

  it("keeps global pages when everything else is dropped", () => {
    const pc = new Pc();
    pc.map(HEAP, 0x80_0000, DATA | GLOBAL);
    pc.map(HEAP + 4096, 0x81_0000);
    const { mmu, ram } = pc.machine;
    const memory = new VirtualMemory(mmu);
    ram.writeU32(0x80_0000, 1);
    ram.writeU32(0x81_0000, 1);
    expect([memory.readU32(HEAP), memory.readU32(HEAP + 4096)]).toEqual([1, 1]);
    for (const page of [0, 1]) pc.mapper.unmap(Page.containingAddress(HEAP + page * 4096)).flush.ignore();
    pc.map(HEAP, 0x90_0000, DATA | GLOBAL);
    pc.map(HEAP + 4096, 0x91_0000);
    mmu.flushAll();
    expect([memory.readU32(HEAP), memory.readU32(HEAP + 4096)]).toEqual([1, 0]);
    mmu.flush(HEAP);
    expect(memory.readU32(HEAP)).toBe(0);
  });

  it("tells address spaces apart by their PCID", () => {
    const pc = new Pc();
    const { registers, tlb } = pc.machine.cpu;
    const memory = new VirtualMemory(pc.machine.mmu);
    pc.map(HEAP, 0x80_0000);
    pc.machine.ram.writeU32(0x80_0000, 1);
    registers.cr4 |= Cr4Flags.PCID;
    const table = registers.cr3;
    registers.cr3 = table | 1;
    expect(memory.readU32(HEAP)).toBe(1);
    pc.mapper.unmap(Page.containingAddress(HEAP)).flush.ignore();
    pc.map(HEAP, 0x90_0000);
    registers.writeCr3KeepingTranslations(table | 2);
    expect(memory.readU32(HEAP)).toBe(0);
    registers.writeCr3KeepingTranslations(table | 1);
    expect(memory.readU32(HEAP)).toBe(1);
    tlb.flushPcid(1, 1, 0);
    expect(memory.readU32(HEAP)).toBe(0);
  });
});

describe("Mmu", () => {
  const allowed = (mmu: Mmu, at: number, access: number): boolean => mmu.check(at, access);

  it("sets A when a page is read, and D when it is written", () => {
    const pc = new Pc();
    pc.map(HEAP, 0x80_0000);
    const memory = new VirtualMemory(pc.machine.mmu);
    const flags = (): number => {
      const { ram } = pc.machine;
      let table = pc.machine.cpu.registers.cr3;
      for (const index of [136, 273, 34]) table = ram.readU32(table + index * 8) & ~0xfff;
      return ram.readU32(table + 64 * 8) & 0x60;
    };
    expect(flags()).toBe(0);
    memory.readU8(HEAP);
    expect(flags()).toBe(0x20);
    memory.writeU8(HEAP, 1);
    expect(flags()).toBe(0x60);
  });

  it("refuses to execute where NX is set, at any level", () => {
    const pc = new Pc();
    pc.map(HEAP, 0x80_0000, PRESENT);
    pc.map(HEAP + 4096, 0x81_0000, PRESENT | NO_EXECUTE);
    const { mmu } = pc.machine;
    expect([allowed(mmu, HEAP, EXECUTE), allowed(mmu, HEAP + 4096, EXECUTE)]).toEqual([true, false]);
    expect(allowed(mmu, HEAP + 4096, READ)).toBe(true);
  });

  it("judges supervisor accesses by WP, SMEP and SMAP", () => {
    const pc = new Pc();
    pc.map(HEAP, 0x80_0000, PRESENT | WRITABLE | USER_ACCESSIBLE);
    pc.map(HEAP + 4096, 0x81_0000, PRESENT | USER_ACCESSIBLE);
    const { mmu, cpu } = pc.machine;
    expect(allowed(mmu, HEAP + 4096, WRITE)).toBe(false);
    cpu.registers.cr0 -= 0x1_0000;
    expect(allowed(mmu, HEAP + 4096, WRITE)).toBe(true);
    expect(allowed(mmu, HEAP, EXECUTE)).toBe(true);
    cpu.registers.cr4 += Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION;
    expect(allowed(mmu, HEAP, EXECUTE)).toBe(false);
    cpu.registers.cr4 += Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION;
    expect(allowed(mmu, HEAP, READ)).toBe(false);
    cpu.registers.rflags |= 0x4_0000;
    expect(allowed(mmu, HEAP, READ)).toBe(true);
  });

  it("walks to pages of 2 MiB", () => {
    const pc = new Pc();
    pc.mapLarge(HEAP - (HEAP % Size2MiB.bytes), 0x80_0000, Size2MiB);
    const memory = new VirtualMemory(pc.machine.mmu);
    memory.writeU32(HEAP + 12_344, 7);
    expect(pc.machine.ram.readU32(0x80_0000 + (HEAP % Size2MiB.bytes) + 12_344)).toBe(7);
    expect(pc.machine.mmu.pageSizeAt(HEAP + 12_344)).toBe(Size2MiB.bytes);
  });

  it("refuses addresses that are not canonical with #GP", () => {
    const memory = new VirtualMemory(new Pc().machine.mmu);
    for (const at of [2 ** 47, 2 ** 47 - 1, -(2 ** 47) - 8, 2 ** 52])
      expect(refusal(() => memory.readU64(at)).vector).toBe(at === 2 ** 47 - 1 ? 14 : 13);
  });

  it("says so when a table or a page lies outside of RAM, instead of reading something else", () => {
    const pc = new Pc();
    pc.map(HEAP, 0x80_0000);
    pc.map(HEAP + 4096, RAM + 16 * MIB);
    const memory = new VirtualMemory(pc.machine.mmu);
    expect(() => memory.readU32(HEAP + 4096)).toThrow(PhysicalMemoryError);
    pc.machine.ram.writeU32(pc.machine.cpu.registers.cr3 + 136 * 8, (RAM + 0x1000) | 7);
    pc.machine.mmu.flushAll();
    expect(() => memory.readU32(HEAP)).toThrow(PhysicalMemoryError);
    expect(() => memory.writeU32(HEAP, 1)).toThrow(PhysicalMemoryError);
  });

  it.each([35, 53, 40.5, NaN, "40"])("cannot have %s physical address bits", (physicalAddressBits) => {
    const { ram } = new Pc().machine;
    expect(() => new Mmu(ram, { physicalAddressBits: physicalAddressBits as number })).toThrow(
      expect.objectContaining({ code: "machine/option" }),
    );
  });
});

describe("addresses that are none", () => {
  it.each([NaN, 0.5, Infinity, "8", undefined])("%s is refused, and nothing is written", (at) => {
    const memory = scattered(HEAP);
    const address = at as number;
    for (const access of [
      () => memory.readU8(address),
      () => memory.readU32(address),
      () => memory.writeU8(address, 1),
      () => memory.writeU32(address, 1),
      () => memory.fill(address, 1, 4),
      () => memory.copy(address, HEAP, 4),
    ])
      expect(access).toThrow(Error);
    expect(memory.readU8(HEAP)).toBe(0);
  });
});
