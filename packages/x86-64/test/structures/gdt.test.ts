import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { Descriptor, GlobalDescriptorTable, StructureError, TaskStateSegment } from "../../src/index.ts";

const bytesAt = (memory: LinearMemory, at: number, length: number): string =>
  Array.from(memory.views.u8.subarray(at, at + length), (byte) => byte.toString(16).padStart(2, "0")).join(" ");

describe("Descriptor", () => {
  it("encodes the flat segments as the crate does", () => {
    expect(Descriptor.kernelCodeSegment().toBits()).toEqual([0x00af_9b00_0000_ffffn]);
    expect(Descriptor.kernelDataSegment().toBits()).toEqual([0x00cf_9300_0000_ffffn]);
    expect(Descriptor.userCodeSegment().toBits()).toEqual([0x00af_fb00_0000_ffffn]);
    expect(Descriptor.userDataSegment().toBits()).toEqual([0x00cf_f300_0000_ffffn]);
  });

  it("spreads a TSS's address over its two entries", () => {
    const [low, high] = Descriptor.tssSegment(0x1234_5678_9abc).toBits();
    // base 23 … 0 in bits 39 … 16, base 31 … 24 in bits 63 … 56, limit 0x67, type 9, present
    expect(low).toBe(0x5600_8978_9abc_0067n);
    expect(high).toBe(0x1234n);
    expect(Descriptor.tssSegment(-0x8000_0000_0000).toBits()[1]).toBe(0xffff_8000n);
  });

  it("knows its privilege level", () => {
    expect(Descriptor.kernelCodeSegment().dpl).toBe(0);
    expect(Descriptor.userDataSegment().dpl).toBe(3);
    expect(Descriptor.tssSegment(0).dpl).toBe(0);
  });
});

describe("GlobalDescriptorTable", () => {
  it("is bytes: the null descriptor, then what was appended", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    memory.fill(0, 0xee, 0x100);
    const gdt = GlobalDescriptorTable.new(memory, 0x40);
    expect(gdt.append(Descriptor.kernelCodeSegment())).toBe(8);
    expect(gdt.append(Descriptor.userDataSegment())).toBe(0x13);
    expect(bytesAt(memory, 0x40, 32)).toBe(
      "00 00 00 00 00 00 00 00 ff ff 00 00 00 9b af 00 ff ff 00 00 00 f3 cf 00 00 00 00 00 00 00 00 00",
    );
    expect(memory.readU8(0x3f)).toBe(0xee);
    expect(memory.readU8(0x80)).toBe(0xee);
  });

  it("gives a TSS two entries, also when the second is zero", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    const gdt = GlobalDescriptorTable.new(memory, 0);
    expect(gdt.length).toBe(1);
    expect(gdt.append(Descriptor.tssSegment(TaskStateSegment.new(memory, 0x80)))).toBe(8);
    expect(gdt.length).toBe(3);
    expect(gdt.limit).toBe(23);
    expect(gdt.append(Descriptor.kernelDataSegment())).toBe(0x18);
  });

  it("refuses a ninth entry, and has written nothing then", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    const gdt = GlobalDescriptorTable.new(memory, 0);
    for (let i = 0; i < 6; i++) gdt.append(Descriptor.kernelCodeSegment());
    const before = bytesAt(memory, 0, 0x100);
    expect(() => gdt.append(Descriptor.tssSegment(0x1000))).toThrow(
      expect.objectContaining({ name: "StructureError", code: "structure/gdt-full" }),
    );
    expect(bytesAt(memory, 0, 0x100)).toBe(before);
    expect(gdt.append(Descriptor.userCodeSegment())).toBe(0x3b);
    expect(() => gdt.append(Descriptor.userCodeSegment())).toThrow(StructureError);
  });

  it("ends the segment of a TSS before its I/O map, where it has one", () => {
    const tss = TaskStateSegment.new(new LinearMemory(new ArrayBuffer(0x100)), 0);
    const limit = (of: Descriptor): number => of.words[0]! & 0xffff;
    expect(limit(Descriptor.tssSegment(tss))).toBe(103);
    tss.ioMapBase = 0x80;
    expect(limit(Descriptor.tssSegment(tss))).toBe(0x7f);
    expect(limit(Descriptor.tssSegment(tss.address))).toBe(103);
    tss.ioMapBase = 4;
    expect(limit(Descriptor.tssSegment(tss))).toBe(103);
  });

  it("is found again by its bytes, and loaded with its length", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    GlobalDescriptorTable.new(memory, 0x20).append(Descriptor.kernelCodeSegment());
    const loaded: number[] = [];
    new GlobalDescriptorTable(memory, 0x20).load({ loadGdt: (base, limit) => loaded.push(base, limit) });
    expect(loaded).toEqual([0x20, 15]);
  });
});
