import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { Descriptor, DescriptorFlags, GlobalDescriptorTable, TaskStateSegment } from "../../src/index.ts";

const memoryOf = (bytes: number): LinearMemory => new LinearMemory(new ArrayBuffer(bytes));

describe("DescriptorFlags", () => {
  it("has the flat segments that the crate's own test takes from Linux", () => {
    expect(DescriptorFlags.KERNEL_CODE64).toBe(0x00af_9b00_0000_ffffn);
    expect(DescriptorFlags.KERNEL_CODE32).toBe(0x00cf_9b00_0000_ffffn);
    expect(DescriptorFlags.KERNEL_DATA).toBe(0x00cf_9300_0000_ffffn);
    expect(DescriptorFlags.USER_CODE64).toBe(0x00af_fb00_0000_ffffn);
    expect(DescriptorFlags.USER_CODE32).toBe(0x00cf_fb00_0000_ffffn);
    expect(DescriptorFlags.USER_DATA).toBe(0x00cf_f300_0000_ffffn);
  });

  it("gives every bit to one flag", () => {
    const flags = DescriptorFlags.names(DescriptorFlags.all).map(
      (name) => DescriptorFlags[name as "PRESENT"] as bigint,
    );
    expect(flags.reduce((sum, flag) => sum + flag)).toBe(DescriptorFlags.all);
  });
});

describe("a GlobalDescriptorTable with a capacity", () => {
  it("writes its own entries and no others", () => {
    const memory = memoryOf(0x40);
    memory.fill(0, 0xee, 0x40);
    const gdt = GlobalDescriptorTable.empty(memory, 8, 3);
    gdt.append(Descriptor.kernelCodeSegment());
    gdt.append(Descriptor.userDataSegment());
    expect(memory.readU32(4)).toBe(0xeeee_eeee);
    expect(memory.readU32(32)).toBe(0xeeee_eeee);
    expect(gdt.entries()).toEqual([0n, DescriptorFlags.KERNEL_CODE64, DescriptorFlags.USER_DATA]);
    expect(gdt.limit).toBe(23);
  });

  it("says what Rust says when it is full, and has written nothing then", () => {
    const memory = memoryOf(0x20);
    const gdt = GlobalDescriptorTable.empty(memory, 0, 2);
    expect(() => gdt.append(Descriptor.tssSegment(0x1000))).toThrow(
      "GDT requires two free spaces to hold a SystemSegment: expected room for 2 more of 2 entries, got 0x1",
    );
    gdt.append(Descriptor.kernelCodeSegment());
    expect(() => gdt.append(Descriptor.kernelCodeSegment())).toThrow(/^GDT full: /u);
    expect(gdt.entries()).toEqual([0n, DescriptorFlags.KERNEL_CODE64]);
  });

  it("has room for as many entries as selectors can name", () => {
    const gdt = GlobalDescriptorTable.empty(memoryOf(0x1_0000), 0, 0x2000);
    expect(gdt.capacity).toBe(0x2000);
    expect(gdt.limit).toBe(7);
    const full = GlobalDescriptorTable.fromRawEntries(memoryOf(0x1_0000), 0, Array<bigint>(0x2000).fill(0n), 0x2000);
    expect(full.limit).toBe(0xffff);
  });

  it("is found again by its bytes, with a null descriptor inside but not at its end", () => {
    const memory = memoryOf(0x40);
    const gdt = GlobalDescriptorTable.empty(memory, 0, 8);
    for (const bits of [0n, DescriptorFlags.USER_CODE32, 0n]) gdt.append(Descriptor.userSegment(bits));
    expect(gdt.length).toBe(4);
    expect(new GlobalDescriptorTable(memory, 0, 8).length).toBe(3);
    expect(new GlobalDescriptorTable(memory, 0, 2).length).toBe(1);
  });

  it("sees what another has appended to the same bytes", () => {
    const memory = memoryOf(0x40);
    const gdt = GlobalDescriptorTable.empty(memory, 0);
    gdt.append(Descriptor.kernelCodeSegment());
    new GlobalDescriptorTable(memory, 0).append(Descriptor.tssSegment(0x1000));
    expect(gdt.length).toBe(4);
    expect(gdt.append(Descriptor.kernelDataSegment())).toBe(0x20);
  });
});

describe("Descriptor.tssSegmentWithIomap", () => {
  it("ends the segment at the map's last byte", () => {
    const memory = memoryOf(0x100);
    const tss = TaskStateSegment.new(memory, 0x10);
    memory.writeU8(0x10 + 104 + 4, 0xff);
    expect(Descriptor.tssSegmentWithIomap(tss, 0x10 + 104, 5).words[0]! & 0xffff).toBe(108);
    expect(Descriptor.tssSegmentWithIomap(tss, 0x10 + 104, 0).toBits()).toEqual(Descriptor.tssSegment(tss).toBits());
  });

  it("takes the upper half for behind the lower, as Rust's unsigned addresses are", () => {
    const low = TaskStateSegment.new(memoryOf(0x100), 0);
    expect(() => Descriptor.tssSegmentWithIomap(low, -0x1000, 0)).toThrow(
      expect.objectContaining({
        code: "structure/io-map",
        variant: "TooFarFromTss",
        message: "the IO permissions bitmap is too far from the TSS (distance 18446744073709547520)",
      }),
    );
    const high = new TaskStateSegment(memoryOf(0x100), -0x1000);
    expect(() => Descriptor.tssSegmentWithIomap(high, 0, 0)).toThrow(
      expect.objectContaining({ variant: "IoMapBeforeTss", debug: "IoMapBeforeTss" }),
    );
  });
});
