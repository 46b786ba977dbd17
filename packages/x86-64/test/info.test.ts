import { describe, expect, it } from "vitest";
import { infoMem, infoTlb, PhysicalMemoryError, readThrough, Size1GiB, Size2MiB } from "../src/index.ts";
import { DATA, GLOBAL, NO_EXECUTE, PRESENT, ROOT, Tables, USER_ACCESSIBLE } from "./setup.ts";

const mem = ({ memory }: Tables): string[] => infoMem(readThrough(memory), ROOT).split("\n").slice(0, -1);
const tlb = ({ memory }: Tables): string[] => infoTlb(readThrough(memory), ROOT).split("\n").slice(0, -1);

describe("infoMem", () => {
  it("prints nothing for empty tables", () => {
    expect(mem(new Tables())).toEqual([]);
  });

  it("prints runs of the same rights, wherever their frames are and whatever their size", () => {
    const tables = new Tables();
    tables.map(0x1f_e000, 0x8000);
    tables.map(0x1f_f000, 0x3000);
    tables.map(0x20_0000, 0x60_0000, DATA, Size2MiB);
    tables.map(0x40_0000, 0x9000, PRESENT | USER_ACCESSIBLE);
    expect(mem(tables)).toEqual([
      "00000000001fe000-0000000000400000 0000000000202000 -rw",
      "0000000000400000-0000000000401000 0000000000001000 ur-",
    ]);
  });

  it("takes rights away that one level does not give", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000, DATA | USER_ACCESSIBLE);
    expect(mem(tables)).toEqual(["0000000000001000-0000000000002000 0000000000001000 urw"]);
    tables.root.entry(0).setFlags(PRESENT);
    expect(mem(tables)).toEqual(["0000000000001000-0000000000002000 0000000000001000 -r-"]);
  });

  it("prints the upper half sign-extended, and the ends of both halves as QEMU does", () => {
    const tables = new Tables();
    tables.map(0x7fff_ffff_f000, 0x8000);
    expect(mem(tables)).toEqual(["00007ffffffff000-ffff800000000000 0000000000001000 -rw"]);
    tables.map(-0x8000_0000_0000, 0x9000);
    expect(mem(tables)).toEqual(["00007ffffffff000-ffff800000001000 0000000000002000 -rw"]);
    tables.map(-0x4000_0000, 0x4000_0000, DATA | NO_EXECUTE, Size1GiB);
    expect(mem(tables)[1]).toBe("ffffffffc0000000-0001000000000000 0000000040000000 -rw");
  });
});

describe("infoTlb", () => {
  it("prints each page with the flags of its last entry", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000, PRESENT);
    tables.map(0x2000, 0x9000, DATA | USER_ACCESSIBLE | NO_EXECUTE);
    tables.map(0x20_0000, 0x60_0000, DATA | GLOBAL, Size2MiB);
    tables.map(-0x1000, 0xf_ffff_ffff_f000, PRESENT | 0x78);
    expect(tlb(tables)).toEqual([
      "0000000000001000: 0000000000008000 ---------",
      "0000000000002000: 0000000000009000 X------UW",
      "0000000000200000: 0000000000600000 -GP-----W",
      "fffffffffffff000: 000ffffffffff000 ---DACT--",
    ]);
  });

  it("throws where an entry leads out of memory", () => {
    const tables = new Tables();
    tables.root.entry(0).bits = 0x8000_0001n;
    expect(() => tlb(tables)).toThrow(PhysicalMemoryError);
    expect(() => mem(tables)).toThrow(PhysicalMemoryError);
  });
});
