import { Cr4Flags, Size2MiB } from "@kmem/x86-64";
import { describe, expect, it } from "vitest";
import { tlbEntries, type TlbEntry } from "../src/index.ts";
import { DATA, GLOBAL, Pc, PRESENT, USER_ACCESSIBLE } from "./pc.ts";

const AT = 0x4444_4444_0000;

/** The entries of the page that the test is about. */
function entriesAt(pc: Pc, from: number, to: number): TlbEntry[] {
  return tlbEntries(pc.machine.mmu).filter(({ address }) => address >= from && address < to);
}

describe("tlbEntries", () => {
  it("lists what was translated, with the rights of all levels", () => {
    const pc = new Pc();
    pc.map(AT, 0x60_0000, DATA, 2);
    pc.map(AT + 0x2000, 0x60_2000, PRESENT | USER_ACCESSIBLE | GLOBAL | 0x40, 1);
    pc.run(({ memory }) => {
      memory.writeU8(AT, 1);
      memory.readU8(AT + 0x1000);
      memory.readU8(AT + 0x2000);
    });
    const page = { physical: 0x60_0000, pageSize: 4096, pcid: 0, global: false, key: 0 };
    const data = { ...page, writable: true, userAccessible: false, executable: false };
    expect(entriesAt(pc, AT, AT + 0x3000)).toEqual([
      { ...data, address: AT, dirty: true },
      { ...data, address: AT + 0x1000, physical: 0x60_1000, dirty: false },
      {
        ...page,
        address: AT + 0x2000,
        physical: 0x60_2000,
        global: true,
        writable: false,
        userAccessible: true,
        executable: true,
        dirty: true,
      },
    ]);
  });

  it("lists a large page by the pieces that were used, and keeps what is stale until it is flushed", () => {
    const pc = new Pc();
    pc.mapLarge(0x5000_0000_0000, 0x80_0000, Size2MiB);
    pc.run(({ memory, tlb }) => {
      memory.readU8(0x5000_0000_3000);
      memory.readU8(0x5000_001f_f000);
      pc.machine.ram.writeU64(0x10_0000 + 0xa0 * 8, 0n);
      expect(
        entriesAt(pc, 0x5000_0000_0000, 0x5000_0020_0000).map(({ address, pageSize }) => [address, pageSize]),
      ).toEqual([
        [0x5000_0000_3000, Size2MiB.bytes],
        [0x5000_001f_f000, Size2MiB.bytes],
      ]);
      tlb.flush(0x5000_0000_0000);
      expect(entriesAt(pc, 0x5000_0000_0000, 0x5000_0020_0000)).toEqual([]);
    });
  });

  it("names the address space of each", () => {
    const pc = new Pc();
    pc.map(AT, 0x60_0000);
    pc.run(({ memory, registers }) => {
      registers.cr4 |= Cr4Flags.PCID;
      for (const pcid of [0, 1, 7, 0xfff]) {
        registers.writeCr3KeepingTranslations(registers.cr3 - (registers.cr3 % 4096) + pcid);
        memory.readU8(AT);
      }
    });
    expect(entriesAt(pc, AT, AT + 1).map(({ pcid }) => pcid)).toEqual([0, 1, 7, 0xfff]);
  });
});
