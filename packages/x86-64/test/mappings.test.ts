import { describe, expect, it } from "vitest";
import { mappings, pages, PhysicalMemoryError, readThrough, Size1GiB, Size2MiB } from "../src/index.ts";
import { DATA, GLOBAL, NO_EXECUTE, PRESENT, ROOT, Tables, USER_ACCESSIBLE } from "./setup.ts";

const shown = ({ memory }: Tables): [start: number, length: number, physical: number][] =>
  [...mappings(readThrough(memory), ROOT)].map(({ start, length, physical }) => [start, length, physical]);

describe("mappings", () => {
  it("joins pages that continue each other virtually and physically", () => {
    const tables = new Tables();
    for (let i = 0; i < 600; i++) tables.map(0x10_0000 + i * 0x1000, 0x400_0000 + i * 0x1000);
    tables.map(0x10_0000 + 600 * 0x1000, 0x100_0000);
    expect(shown(tables)).toEqual([
      [0x10_0000, 600 * 0x1000, 0x400_0000],
      [0x35_8000, 0x1000, 0x100_0000],
    ]);
  });

  it.each([
    ["a hole", { at: 0x3000 }],
    ["another right", { flags: PRESENT | USER_ACCESSIBLE }],
    ["no execution", { flags: DATA | NO_EXECUTE }],
    ["being global", { flags: DATA | GLOBAL }],
  ])("does not join across %s", (_what, { at = 0x2000, flags = DATA }: { at?: number; flags?: number }) => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000);
    tables.map(at, 0x9000, flags);
    expect(shown(tables)).toHaveLength(2);
  });

  it("does not join pages of different sizes", () => {
    const tables = new Tables();
    tables.map(0x1f_f000, 0x1f_f000);
    tables.map(0x20_0000, 0x20_0000, DATA, Size2MiB);
    tables.map(0x4000_0000, 0x4000_0000, DATA, Size1GiB);
    expect(shown(tables)).toEqual([
      [0x1f_f000, 0x1000, 0x1f_f000],
      [0x20_0000, 0x20_0000, 0x20_0000],
      [0x4000_0000, 0x4000_0000, 0x4000_0000],
    ]);
  });

  it("gives the lower half first, and the upper half as negative addresses", () => {
    const tables = new Tables();
    tables.map(-0x1000, 0x9000);
    tables.map(0x7fff_ffff_f000, 0x8000);
    tables.map(-0x8000_0000_0000, 0x5000);
    expect(shown(tables).map(([start]) => start)).toEqual([0x7fff_ffff_f000, -0x8000_0000_0000, -0x1000]);
  });

  it("says what all levels together permit", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000, DATA | USER_ACCESSIBLE);
    tables.root.entry(0).setFlags(PRESENT | NO_EXECUTE);
    const [only] = mappings(readThrough(tables.memory), ROOT);
    expect(only).toMatchObject({ writable: false, userAccessible: false, executable: false, global: false });
  });

  it("throws where an entry leads out of memory", () => {
    const tables = new Tables();
    tables.root.entry(7).bits = 0x8000_0001n;
    expect(() => [...mappings(readThrough(tables.memory), ROOT)]).toThrow(PhysicalMemoryError);
    expect(() => [...mappings(readThrough(tables.memory), ROOT + 8)]).toThrow(
      expect.objectContaining({ code: "address/not-aligned" }),
    );
  });
});

describe("pages", () => {
  it("gives every page on its own, with its entry", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x8000);
    tables.map(0x2000, 0x9000);
    tables.map(0x20_0000, 0x60_0000, DATA | GLOBAL, Size2MiB);
    const all = [...pages(readThrough(tables.memory), ROOT)];
    expect(all.map(({ start, entry, pageSize, global }) => [start, entry, pageSize, global])).toEqual([
      [0x1000, 0x8003n, 0x1000, false],
      [0x2000, 0x9003n, 0x1000, false],
      [0x20_0000, 0x60_0183n, 0x20_0000, true],
    ]);
  });
});
