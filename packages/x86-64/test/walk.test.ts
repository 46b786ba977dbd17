import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { AddressError, PhysicalMemoryError, readThrough, Size1GiB, Size2MiB, walk } from "../src/index.ts";
import { DATA, GLOBAL, NO_EXECUTE, PRESENT, ROOT, Tables, USER_ACCESSIBLE, WRITABLE } from "./setup.ts";

describe("walk", () => {
  it("shows the entry of each level, and what all of them permit so far", () => {
    const tables = new Tables();
    tables.map(0x4444_4444_0000, 0xb_8000, PRESENT | WRITABLE | NO_EXECUTE);
    tables.root.entry(0x88).setFlags(PRESENT | WRITABLE | USER_ACCESSIBLE);
    const { steps, physical, pageSize } = walk(readThrough(tables.memory), ROOT, 0x4444_4444_0123);
    expect(physical).toBe(0xb_8123);
    expect(pageSize).toBe(4096);
    expect(steps.map(({ level, table, index, entry }) => [level, table, index, entry])).toEqual([
      [4, 0x1000, 0x88, 0x2007n],
      [3, 0x2000, 0x111, 0x3003n],
      [2, 0x3000, 0x22, 0x4003n],
      [1, 0x4000, 0x40, 0x8000_0000_000b_8003n],
    ]);
    expect(steps.map(({ permissions }) => permissions)).toEqual([
      { writable: true, userAccessible: true, executable: true },
      { writable: true, userAccessible: false, executable: true },
      { writable: true, userAccessible: false, executable: true },
      { writable: true, userAccessible: false, executable: false },
    ]);
    expect(steps.map(({ isLeaf }) => isLeaf)).toEqual([false, false, false, true]);
  });

  it("ends at a page of 2 MiB and of 1 GiB, with the rest of the address as offset", () => {
    const tables = new Tables();
    tables.map(0xffff_8000_0020_0000 - 2 ** 64, 0x60_0000, DATA, Size2MiB);
    tables.map(0x80_4000_0000, 0x12_4000_0000, DATA, Size1GiB);
    const large = walk(readThrough(tables.memory), ROOT, 0xffff_8000_003f_fff8n);
    expect(large.physical).toBe(0x7f_fff8);
    expect(large.pageSize).toBe(Size2MiB.bytes);
    expect(large.steps.length).toBe(3);
    const huge = walk(readThrough(tables.memory), ROOT, 0x80_7fff_ffff);
    expect(huge.physical).toBe(0x12_7fff_ffff);
    expect(huge.pageSize).toBe(Size1GiB.bytes);
    expect(huge.steps.length).toBe(2);
  });

  it("tells PAT from HUGE_PAGE by the level, and reads the protection key of a page only", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x5000);
    tables.map(0x20_0000, 0x40_0000, DATA, Size2MiB);
    const small = tables.mapper.level4Table; // the tables are those at 0x2000 and behind
    expect(small.entry(0).bits).toBe(0x2003n);
    tables.memory.writeU64(0x4008, (5n << 59n) | 0x5083n);
    tables.memory.writeU64(0x3008, 0x40_1083n);
    const read = readThrough(tables.memory);
    const [, , , one] = walk(read, ROOT, 0x1000).steps;
    expect(one).toMatchObject({ level: 1, isLeaf: true, pat: true, protectionKey: 5 });
    const [, , two] = walk(read, ROOT, 0x20_0000).steps;
    expect(two).toMatchObject({ level: 2, isLeaf: true, pat: true, protectionKey: 0 });
    expect(walk(read, ROOT, 0x20_0010).physical).toBe(0x40_0010);
    tables.memory.writeU64(0x3008, 0x40_0083n);
    expect(walk(read, ROOT, 0x20_0000).steps[2]).toMatchObject({ isLeaf: true, pat: false });
  });

  it("stops at the entry that is not present", () => {
    const tables = new Tables();
    tables.map(0x1000, 0x5000);
    const { steps, physical, pageSize } = walk(readThrough(tables.memory), ROOT, 0x20_0000);
    expect(steps.map(({ level, entry }) => [level, entry])).toEqual([
      [4, 0x2003n],
      [3, 0x3003n],
      [2, 0n],
    ]);
    expect(physical).toBeUndefined();
    expect(pageSize).toBe(0);
  });

  it("walks five levels, for addresses of 57 bits", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x8000));
    // 0x00ab_cdef_1234_5678: indices 0xab, 0x19b, 0x1bc, 0x091, 0x145 from level 5 down.
    const indices = [0xab, 0x19b, 0x1bc, 0x91, 0x145];
    indices.forEach((index, depth) =>
      memory.writeU64(0x1000 * (depth + 1) + 8 * index, BigInt(0x1000 * (depth + 2)) | 7n),
    );
    const found = walk(readThrough(memory), 0x1000, 0x00ab_cdef_1234_5678n, { levels: 5 });
    expect(found.steps.map(({ level, index }) => [level, index])).toEqual([
      [5, 0xab],
      [4, 0x19b],
      [3, 0x1bc],
      [2, 0x91],
      [1, 0x145],
    ]);
    expect(found.physical).toBe(0x6678);
    const high = walk(readThrough(memory), 0x1000, 0xff00_0000_0000_0000n, { levels: 5 });
    expect(high.steps).toHaveLength(1);
    expect(high.steps[0]?.index).toBe(256);
  });

  it("refuses an address that is not canonical with these levels, and other levels", () => {
    const read = readThrough(new Tables().memory);
    for (const address of [2 ** 47, -(2 ** 47) - 1, NaN, 0.5, 0x8000_0000_0000n, -1n - 2n ** 63n, 2n ** 64n])
      expect(() => walk(read, ROOT, address)).toThrow(expect.objectContaining({ code: "address/not-canonical" }));
    for (const address of [2n ** 56n, 0xfeff_ffff_ffff_ffffn, 2 ** 53])
      expect(() => walk(read, ROOT, address, { levels: 5 })).toThrow(AddressError);
    for (const levels of [3, 6, NaN, "4"] as unknown as 4[])
      expect(() => walk(read, ROOT, 0, { levels })).toThrow(expect.objectContaining({ code: "address/level" }));
  });

  it("refuses a table that is no table's address, and an entry that leads out of memory", () => {
    const tables = new Tables();
    const read = readThrough(tables.memory);
    expect(() => walk(read, 0x1008, 0)).toThrow(expect.objectContaining({ code: "address/not-aligned" }));
    expect(() => walk(read, -4096, 0)).toThrow(expect.objectContaining({ code: "address/not-physical" }));
    tables.root.entry(0).bits = 0x000f_ffff_ffff_f001n | BigInt(GLOBAL);
    expect(() => walk(read, ROOT, 0)).toThrow(PhysicalMemoryError);
    expect(() => walk(read, ROOT, 0)).toThrow("0xffffffffff000");
  });
});
