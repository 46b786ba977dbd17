/** Registers, descriptor tables and error codes refuse wrong values, and have written nothing then. */
import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  Cr0,
  Cr0Flags,
  Cr3,
  Cr4,
  Descriptor,
  Efer,
  exceptionName,
  flushPcid,
  GlobalDescriptorTable,
  hasErrorCode,
  IdtEntry,
  InterruptDescriptorTable,
  InterruptStackFrame,
  PageFaultErrorCode,
  PhysFrame,
  Pkru,
  RFlags,
  SegmentSelector,
  SelectorErrorCode,
  StructureError,
  TaskStateSegment,
  type Registers,
} from "../src/index.ts";
import { refusals } from "./refusals.ts";
import * as wrong from "./wrong-values.ts";

const memory = new LinearMemory(new ArrayBuffer(0x4000));
const gate = InterruptDescriptorTable.new(memory, 0x1000).entry(3);
const idt = new InterruptDescriptorTable(memory, 0x1000);
const tss = TaskStateSegment.new(memory, 0x2000);
const VALUE = { instructionPointer: 1, codeSegment: 8, cpuFlags: 2, stackPointer: 3, stackSegment: 16 };
const stackFrame = InterruptStackFrame.write(memory, 0x3000, VALUE);
const frame = PhysFrame.fromStartAddress(0x1000);
const registers = { cr0: 1, cr3: 0, cr4: 2, efer: 3, pkru: 4, rflags: 0x202 } as Registers;
const flushed: unknown[] = [];
const tlb = { flush: () => undefined, flushAll: () => undefined, flushPcid: (kind: number) => void flushed.push(kind) };

const refuses = refusals(StructureError, () => {
  const bytes = memory.views.u8.slice();
  const state = JSON.stringify(registers);
  return () =>
    memory.views.u8.every((byte, at) => byte === bytes[at]) &&
    JSON.stringify(registers) === state &&
    flushed.length === 0;
});

describe("what is no canonical address", () => {
  refuses("structure/address", wrong.NOT_CANONICAL, [
    ["new GlobalDescriptorTable", (v) => new GlobalDescriptorTable(memory, v)],
    ["GlobalDescriptorTable.new", (v) => GlobalDescriptorTable.new(memory, v)],
    ["new InterruptDescriptorTable", (v) => new InterruptDescriptorTable(memory, v)],
    ["InterruptDescriptorTable.new", (v) => InterruptDescriptorTable.new(memory, v)],
    ["new TaskStateSegment", (v) => new TaskStateSegment(memory, v)],
    ["TaskStateSegment.new", (v) => TaskStateSegment.new(memory, v)],
    ["new IdtEntry", (v) => new IdtEntry(memory, v)],
    ["new InterruptStackFrame", (v) => new InterruptStackFrame(memory, v)],
    ["InterruptStackFrame.write", (v) => InterruptStackFrame.write(memory, v, VALUE)],
    [
      "write's instructionPointer",
      (v) => InterruptStackFrame.write(memory, 0x3800, { ...VALUE, instructionPointer: v }),
    ],
    ["write's stackPointer", (v) => InterruptStackFrame.write(memory, 0x3800, { ...VALUE, stackPointer: v })],
    ["stackFrame.instructionPointer", (v) => (stackFrame.instructionPointer = v)],
    ["stackFrame.stackPointer", (v) => (stackFrame.stackPointer = v)],
    ["entry.setHandlerAddr", (v) => gate.setHandlerAddr(v, 8)],
    ["tss.setPrivilegeStack", (v) => tss.setPrivilegeStack(0, v)],
    ["tss.setInterruptStack", (v) => tss.setInterruptStack(0, v)],
  ]);
  const notObjects = wrong.NOT_CANONICAL.filter((value) => typeof value === "number");
  refuses("structure/address", notObjects, [["Descriptor.tssSegment", (v) => Descriptor.tssSegment(v)]]);
  refuses("structure/address", notObjects, [
    ["flushPcid", (v) => flushPcid({ tlb }, { kind: 0, pcid: 0, address: v })],
  ]);
});

describe("what is no selector", () => {
  refuses("structure/selector", wrong.NO_FIELDS, [
    ["SegmentSelector.new", (v) => SegmentSelector.new(v, 0)],
    ["SegmentSelector.index", (v) => SegmentSelector.index(v)],
    ["SegmentSelector.rpl", (v) => SegmentSelector.rpl(v)],
    ["SegmentSelector.withRpl", (v) => SegmentSelector.withRpl(v, 0)],
    ["SegmentSelector.debug", (v) => SegmentSelector.debug(v)],
    ["entry.setHandlerAddr", (v) => gate.setHandlerAddr(0x1000, v)],
    ["entry.setCodeSelector", (v) => gate.setCodeSelector(v)],
    ["stackFrame.codeSegment", (v) => (stackFrame.codeSegment = v)],
    ["stackFrame.stackSegment", (v) => (stackFrame.stackSegment = v)],
    ["write's codeSegment", (v) => InterruptStackFrame.write(memory, 0x3800, { ...VALUE, codeSegment: v })],
    ["write's stackSegment", (v) => InterruptStackFrame.write(memory, 0x3800, { ...VALUE, stackSegment: v })],
  ]);
});

describe("what is no privilege level, vector, stack index or offset", () => {
  refuses(
    "structure/privilege-level",
    [...wrong.NO_FIELDS, 4],
    [
      ["SegmentSelector.new", (v) => SegmentSelector.new(1, v)],
      ["SegmentSelector.withRpl", (v) => SegmentSelector.withRpl(8, v)],
      ["entry.setPrivilegeLevel", (v) => gate.setPrivilegeLevel(v)],
    ],
  );
  refuses(
    "structure/privilege-level",
    [...wrong.NO_FIELDS, 3],
    [
      ["tss.privilegeStack", (v) => tss.privilegeStack(v)],
      ["tss.setPrivilegeStack", (v) => tss.setPrivilegeStack(v, 0)],
    ],
  );
  refuses(
    "structure/vector",
    [...wrong.NO_FIELDS, 256],
    [
      ["idt.entry", (v) => idt.entry(v)],
      ["hasErrorCode", (v) => hasErrorCode(v)],
      ["exceptionName", (v) => exceptionName(v)],
    ],
  );
  refuses(
    "structure/stack-index",
    [...wrong.NO_FIELDS, 7],
    [
      ["entry.setStackIndex", (v) => gate.setStackIndex(v)],
      ["tss.interruptStack", (v) => tss.interruptStack(v)],
      ["tss.setInterruptStack", (v) => tss.setInterruptStack(v, 0)],
    ],
  );
  refuses("structure/offset", wrong.NO_FIELDS, [["tss.ioMapBase", (v) => (tss.ioMapBase = v)]]);
});

describe("what is no error code", () => {
  refuses("structure/error-code", wrong.NO_FIELDS, [
    ["SelectorErrorCode.new", (v) => SelectorErrorCode.new(v, "Gdt", false)],
    ["SelectorErrorCode.external", (v) => SelectorErrorCode.external(v)],
    ["SelectorErrorCode.descriptorTable", (v) => SelectorErrorCode.descriptorTable(v)],
    ["SelectorErrorCode.index", (v) => SelectorErrorCode.index(v)],
    ["SelectorErrorCode.isNull", (v) => SelectorErrorCode.isNull(v)],
    ["SelectorErrorCode.debug", (v) => SelectorErrorCode.debug(v)],
  ]);
  refuses("structure/error-code", wrong.NO_BITS, [
    ["SelectorErrorCode.fromBits", (v) => SelectorErrorCode.fromBits(v)],
    ["SelectorErrorCode.fromBitsTruncate", (v) => SelectorErrorCode.fromBitsTruncate(v)],
  ]);
  it("SelectorErrorCode.new refuses a table that is none", () => {
    expect(() => SelectorErrorCode.new(1, "Xdt" as never, false)).toThrow(StructureError);
  });
});

describe("what are no bits of a register", () => {
  refuses("structure/flags", wrong.NO_BITS, [
    ["Cr0.write", (v) => Cr0.write(registers, v)],
    ["Cr4.write", (v) => Cr4.write(registers, v)],
    ["Efer.write", (v) => Efer.write(registers, v)],
    ["Cr0.writeRaw", (v) => Cr0.writeRaw(registers, v)],
    ["Cr4.writeRaw", (v) => Cr4.writeRaw(registers, v)],
    ["Efer.writeRaw", (v) => Efer.writeRaw(registers, v)],
    ["RFlags.write", (v) => RFlags.write(registers, v)],
    ["Pkru.write", (v) => Pkru.write(registers, v)],
    ["Pkru.get", (v) => Pkru.get(v, 0)],
    ["Pkru.with", (v) => Pkru.with(v, 0, { accessDisabled: true, writeDisabled: true })],
    ["Cr0Flags.names", (v) => Cr0Flags.names(v)],
    ["Cr0Flags.debug", (v) => Cr0Flags.debug(v)],
    ["PageFaultErrorCode.debug", (v) => PageFaultErrorCode.debug(v)],
    ["stackFrame.cpuFlags", (v) => (stackFrame.cpuFlags = v)],
    ["write's cpuFlags", (v) => InterruptStackFrame.write(memory, 0x3800, { ...VALUE, cpuFlags: v })],
  ]);
  refuses(
    "structure/key",
    [...wrong.NO_FIELDS, 16],
    [
      ["Pkru.get", (v) => Pkru.get(0, v)],
      ["Pkru.with", (v) => Pkru.with(0, v, { accessDisabled: true, writeDisabled: true })],
    ],
  );
  refuses(
    "structure/pcid",
    [...wrong.NO_FIELDS.filter((v) => v !== undefined), 0x1000],
    [
      ["Cr3.write", (v) => Cr3.write(registers, frame, v)],
      ["Cr3.writePcid", (v) => Cr3.writePcid(registers, frame, v)],
      ["Cr3.writePcidNoFlush", (v) => Cr3.writePcidNoFlush(registers, frame, v)],
      ["Cr3.writeRaw", (v) => Cr3.writeRaw(registers, frame, v)],
      ["flushPcid", (v) => flushPcid({ tlb }, { kind: 1, pcid: v })],
    ],
  );
  refuses("structure/kind", [...wrong.NO_FIELDS, 4], [["flushPcid", (v) => flushPcid({ tlb }, { kind: v })]]);
});
