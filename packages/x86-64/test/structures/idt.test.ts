import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  ExceptionVector,
  exceptionName,
  hasErrorCode,
  InterruptDescriptorTable,
  type CodeFunction,
  type InterruptStackFrame,
  type Registers,
} from "../../src/index.ts";

const table = (): [LinearMemory, InterruptDescriptorTable] => {
  const memory = new LinearMemory(new ArrayBuffer(0x2000));
  return [memory, InterruptDescriptorTable.new(memory, 0x1000)];
};

describe("InterruptDescriptorTable", () => {
  it("starts with 256 interrupt gates that are not present", () => {
    const [memory, idt] = table();
    for (let vector = 0; vector < 256; vector++) {
      expect(memory.readU64(0x1000 + 16 * vector)).toBe(0x0000_0e00_0000_0000n);
      expect(memory.readU64(0x1008 + 16 * vector)).toBe(0n);
      expect(idt.entry(vector).isPresent).toBe(false);
    }
  });

  it("has a name for every vector that has one in the crate", () => {
    const [, idt] = table();
    const named = [
      [idt.divideError, 0],
      [idt.debug, 1],
      [idt.nonMaskableInterrupt, 2],
      [idt.breakpoint, 3],
      [idt.overflow, 4],
      [idt.boundRangeExceeded, 5],
      [idt.invalidOpcode, 6],
      [idt.deviceNotAvailable, 7],
      [idt.doubleFault, 8],
      [idt.invalidTss, 10],
      [idt.segmentNotPresent, 11],
      [idt.stackSegmentFault, 12],
      [idt.generalProtectionFault, 13],
      [idt.pageFault, 14],
      [idt.x87FloatingPoint, 16],
      [idt.alignmentCheck, 17],
      [idt.machineCheck, 18],
      [idt.simdFloatingPoint, 19],
      [idt.virtualization, 20],
      [idt.cpProtectionException, 21],
      [idt.hvInjectionException, 28],
      [idt.vmmCommunicationException, 29],
      [idt.securityException, 30],
    ] as const;
    for (const [entry, vector] of named) expect(entry.address).toBe(0x1000 + 16 * vector);
    expect(Object.values(ExceptionVector).sort((a, b) => a - b)).toEqual(named.map(([, vector]) => vector));
  });

  it("is loaded with the limit of 256 gates", () => {
    const [, idt] = table();
    const loaded: number[] = [];
    idt.load({ loadIdt: (base, limit) => loaded.push(base, limit) });
    expect(loaded).toEqual([0x1000, 0xfff]);
  });
});

describe("IdtEntry", () => {
  it("is bytes as the manual draws them", () => {
    const [memory, idt] = table();
    idt.breakpoint.setHandlerAddr(0x1234_5678_9abc, 8);
    expect(memory.readU64(0x1030)).toBe(0x5678_8e00_0008_9abcn);
    expect(memory.readU64(0x1038)).toBe(0x1234n);
    idt.doubleFault
      .setHandlerAddr(-0x7fff_1234_5678, 0x33)
      .setStackIndex(0)
      .setPrivilegeLevel(3)
      .disableInterrupts(false);
    expect(memory.readU64(0x1080)).toBe(0xedcb_ef01_0033_a988n);
    expect(memory.readU64(0x1088)).toBe(0xffff_8000n);
    expect(idt.doubleFault.handlerAddr).toBe(-0x7fff_1234_5678);
  });

  it("reads what was set, and changes one option at a time", () => {
    const [, idt] = table();
    const entry = idt.pageFault.setHandlerAddr(0x1000, 8);
    expect([entry.codeSelector, entry.isPresent, entry.disablesInterrupts]).toEqual([8, true, true]);
    expect([entry.privilegeLevel, entry.stackIndex]).toEqual([0, undefined]);
    entry.setStackIndex(6).setCodeSelector(0x10).disableInterrupts(false);
    expect([entry.stackIndex, entry.codeSelector, entry.disablesInterrupts]).toEqual([6, 0x10, false]);
    entry.setPresent(false).disableInterrupts(true);
    expect([entry.isPresent, entry.stackIndex, entry.privilegeLevel]).toEqual([false, 6, 0]);
    expect(String(entry)).toBe("IdtEntry(0x1000, selector 0x10, interrupt stack 6, not present)");
    entry.clear();
    expect(String(entry)).toBe("IdtEntry(0x0, selector 0x0, not present)");
  });

  it("gives a function an address, and calls it with the stack frame", () => {
    const [memory, idt] = table();
    let entered: CodeFunction | undefined;
    const code = { addressOf: (run: CodeFunction) => ((entered = run), 0x20_0000) };
    const calls: [InterruptStackFrame, number][] = [];
    idt.pageFault.setHandlerFn({ memory, code, registers: { cs: 8 } as Registers }, (frame, error) =>
      calls.push([frame, error]),
    );
    expect([idt.pageFault.handlerAddr, idt.pageFault.codeSelector]).toEqual([0x20_0000, 8]);
    entered?.(0x800, 2);
    expect(calls[0]?.[0].address).toBe(0x800);
    expect(calls[0]?.[1]).toBe(2);
  });
});

describe("exception vectors", () => {
  it("have an error code where the manual says so", () => {
    const withCode = Array.from({ length: 256 }, (_, vector) => vector).filter(hasErrorCode);
    expect(withCode).toEqual([8, 10, 11, 12, 13, 14, 17, 21, 29, 30]);
  });

  it("have the manual's names", () => {
    expect([0, 8, 13, 14, 19, 30].map(exceptionName)).toEqual(["#DE", "#DF", "#GP", "#PF", "#XM", "#SX"]);
    expect([9, 15, 31, 255].map(exceptionName)).toEqual([
      "interrupt 9",
      "interrupt 15",
      "interrupt 31",
      "interrupt 255",
    ]);
  });

  it("prints as the crate's Entry, and reads of an address only what makes it canonical", () => {
    const [memory, idt] = table();
    idt.breakpoint.setHandlerAddr(-0x1000, 8).setStackIndex(2);
    expect(idt.breakpoint.debug()).toBe(
      "Entry { handler_addr: 0xfffffffffffff000, options: EntryOptions { code_selector: " +
        "SegmentSelector { index: 1, rpl: Ring0 }, stack_index: Some(2), type: 0b1110, privilege_level: Ring0, present: true } }",
    );
    expect(idt.overflow.debug(true)).toContain(
      "\n    options: EntryOptions {\n        code_selector: SegmentSelector {",
    );
    expect(idt.overflow.debug(true)).toContain("\n        stack_index: None,\n        type: 0b1110,");
    memory.writeU32(idt.overflow.address + 8, 0x1234_8000);
    expect(idt.overflow.handlerAddr).toBe(-0x8000_0000_0000);
  });
});
