import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { TaskStateSegment } from "../../src/index.ts";

describe("TaskStateSegment", () => {
  it("is 104 bytes, of which a new one has only the offset of the I/O map", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    memory.fill(0, 0xee, 0x100);
    const tss = TaskStateSegment.new(memory, 0x10);
    const bytes = [...memory.views.u8.subarray(0x10, 0x78)];
    expect(bytes.slice(0, 102).every((byte) => byte === 0)).toBe(true);
    expect(bytes.slice(102)).toEqual([104, 0]);
    expect(tss.ioMapBase).toBe(104);
    expect(memory.readU8(0x78)).toBe(0xee);
  });

  it("keeps the privilege stacks at 4, 12 and 20, the interrupt stacks from 36 on", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    const tss = TaskStateSegment.new(memory, 0);
    for (let level = 0; level < 3; level++) tss.setPrivilegeStack(level, 0x1000 * (level + 1));
    for (let index = 0; index < 7; index++) tss.setInterruptStack(index, -0x1000 * (index + 1));
    expect([4, 12, 20].map((at) => memory.readU64(at))).toEqual([0x1000n, 0x2000n, 0x3000n]);
    expect([36, 84].map((at) => memory.readU64(at))).toEqual([0xffff_ffff_ffff_f000n, 0xffff_ffff_ffff_9000n]);
    expect([0, 1, 2].map((level) => tss.privilegeStack(level))).toEqual([0x1000, 0x2000, 0x3000]);
    expect(tss.interruptStack(6)).toBe(-0x7000);
    expect(memory.readU64(92)).toBe(0n);
    tss.ioMapBase = 0xffff;
    expect(memory.readU16(102)).toBe(0xffff);
  });
});
