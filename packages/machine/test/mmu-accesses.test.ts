/** Which bytes an access is for: across two pages, at addresses that are not canonical; and what the kernel is told. */
import { OffsetPageTable, Page, PageTable, PhysFrame } from "@kmem/x86-64";
import { describe, expect, it } from "vitest";
import { CpuException, FAULT, MachineError, READ, STACK, VirtualMemory, WRITE } from "../src/index.ts";
import { AT, FRAME, Judge, P, W } from "./judge.ts";
import { DATA, idtOf, Pc, PRESENT, STACK_TOP, TSS, WRITABLE } from "./pc.ts";

describe("an access that straddles", () => {
  it("marks and changes nothing of the first page when the second is refused, whatever its cause", () => {
    for (const [flags, code] of [
      [0, W],
      [PRESENT, P | W],
    ] as const) {
      const judge = new Judge(DATA);
      const { pc } = judge;
      pc.map(AT + 4096, FRAME + 4096, flags);
      const memory = new VirtualMemory(pc.machine.mmu);
      for (const write of [
        (): void => memory.writeU16(AT + 4095, 0xffff),
        (): void => memory.writeU32(AT + 4093, 0xffff_ffff),
        (): void => memory.writeF64(AT + 4089, -1),
        (): void => memory.writeUsize(AT + 4092, 2 ** 53 - 1),
      ])
        expect(write).toThrow(expect.objectContaining({ vector: 14, errorCode: code, address: AT + 4096 }));
      expect(pc.machine.ram.readU8(judge.entryAddress()) & 0x60).toBe(0);
      expect(pc.machine.ram.readU8(FRAME + 4095)).toBe(0);
    }
  });

  it("is refused at its own address when the first page is", () => {
    const pc = new Pc();
    pc.map(AT + 4096, FRAME);
    const memory = new VirtualMemory(pc.machine.mmu);
    expect(() => memory.writeU32(AT + 4094, 1)).toThrow(expect.objectContaining({ vector: 14, address: AT + 4094 }));
    expect(pc.machine.ram.readU8(FRAME)).toBe(0);
  });

  it("raises #GP at the end of the lower half, and nothing is written", () => {
    const pc = new Pc();
    pc.map(2 ** 47 - 4096, FRAME);
    const memory = new VirtualMemory(pc.machine.mmu);
    expect(() => memory.writeU32(2 ** 47 - 2, 0xffff_ffff)).toThrow(expect.objectContaining({ vector: 13 }));
    expect(pc.machine.ram.readU16(FRAME + 4094)).toBe(0);
  });

  it("goes from the last page to address 0", () => {
    const pc = new Pc();
    pc.map(-4096, FRAME);
    pc.map(0, FRAME + 0x1000);
    const memory = new VirtualMemory(pc.machine.mmu);
    memory.writeU32(-2, 0x1234_5678);
    expect([pc.machine.ram.readU16(FRAME + 4094), pc.machine.ram.readU16(FRAME + 0x1000)]).toEqual([0x5678, 0x1234]);
    expect(memory.readU32(-2)).toBe(0x1234_5678);
  });
});

describe("addresses that are not canonical", () => {
  it("raise #GP, and #SS through the stack; error code 0, no CR2", () => {
    const { mmu } = new Pc().machine;
    for (const at of [2 ** 47, -(2 ** 47) - 8, 2 ** 50]) {
      expect([mmu.translate(at, READ), mmu.faultVector, mmu.faultErrorCode]).toEqual([FAULT, 13, 0]);
      expect([mmu.translate(at, WRITE | STACK), mmu.faultVector, mmu.faultErrorCode]).toEqual([FAULT, 12, 0]);
    }
  });

  it("are #SS for push and pop, delivered to the kernel", () => {
    const pc = new Pc();
    const seen: number[] = [];
    pc.run((hardware) => {
      const idt = idtOf(hardware);
      idt.stackSegmentFault
        .setHandlerFn(hardware, (_frame, errorCode) => {
          seen.push(errorCode);
          throw new MachineError("machine/value", "seen");
        })
        .setStackIndex(0);
      idt.load(hardware);
      hardware.memory.writeUsize(TSS + 36, STACK_TOP);
      hardware.registers.rsp = 2 ** 47 + 8;
      expect(() => hardware.push(1)).toThrow("seen");
    });
    expect(seen).toEqual([0]);
  });
});

describe("CR2", () => {
  it("holds the address of the page fault that was delivered last", () => {
    const pc = new Pc();
    const seen: unknown[] = [];
    pc.run((hardware) => {
      const idt = idtOf(hardware);
      idt.pageFault.setHandlerFn(hardware, (_frame, errorCode) => {
        seen.push([hardware.registers.cr2, errorCode]);
        const { cr2 } = hardware.registers;
        pc.mapper
          .mapTo(
            Page.containingAddress(cr2 - (cr2 % 4096)),
            PhysFrame.containingAddress(FRAME),
            PRESENT | WRITABLE,
            pc.frames,
          )
          .ignore();
      });
      idt.load(hardware);
      hardware.memory.writeU32(AT + 0x7ffe, 1);
      hardware.memory.readU8(AT + 0x2_0001);
    });
    expect(seen).toEqual([
      [AT + 0x7ffe, W],
      [AT + 0x8000, W],
      [AT + 0x2_0001, 0],
    ]);
  });
});

describe("tables of others", () => {
  it("are those that CR3 names: the same address elsewhere after it is written", () => {
    const pc = new Pc();
    pc.map(AT, FRAME);
    const { ram, cpu, mmu } = pc.machine;
    ram.copy(0x70_0000, cpu.registers.cr3, 4096);
    ram.fill(0x70_0000 + 136 * 8, 0, 8);
    const memory = new VirtualMemory(mmu);
    memory.writeU8(AT, 1);
    cpu.registers.cr3 = 0x70_0000;
    expect(() => memory.readU8(AT)).toThrow(CpuException);
    const other = new OffsetPageTable(new PageTable(ram, 0x70_0000), 0);
    other.mapTo(Page.containingAddress(AT), PhysFrame.containingAddress(FRAME + 4096), PRESENT, pc.frames).ignore();
    expect(memory.readU8(AT)).toBe(0);
  });
});
