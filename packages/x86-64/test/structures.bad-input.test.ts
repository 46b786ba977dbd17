/** Registers, descriptor tables and error codes refuse wrong values, and have written nothing then. */
import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  Cr0,
  Cr0Flags,
  Cr3,
  Cr4,
  Cr8,
  Descriptor,
  DescriptorFlags,
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
  PriorityClass,
  RFlags,
  SegmentSelector,
  SelectorErrorCode,
  StructureError,
  TaskStateSegment,
  type Registers,
  type TaskPriority,
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
const registers = { cr0: 1, cr3: 0, cr4: 2, efer: 3, pkru: 4, rflags: 0x202, cr8: 7 } as Registers & TaskPriority;
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
    ["GlobalDescriptorTable.empty", (v) => GlobalDescriptorTable.empty(memory, v, 2)],
    ["GlobalDescriptorTable.fromRawEntries", (v) => GlobalDescriptorTable.fromRawEntries(memory, v, [0n, 1n])],
    ["Descriptor.tssSegmentWithIomap", (v) => Descriptor.tssSegmentWithIomap(tss, v, 1)],
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
  refuses("structure/offset", wrong.NO_BITS, [
    ["Descriptor.tssSegmentWithIomap", (v) => Descriptor.tssSegmentWithIomap(tss, 0x2068, v)],
  ]);
  refuses("structure/kind", wrong.NO_INTEGERS, [
    ["Descriptor.tssSegmentWithIomap", (v) => Descriptor.tssSegmentWithIomap(v, 0x2068, 1)],
  ]);
});

describe("what is no descriptor, and no capacity", () => {
  refuses("structure/flags", wrong.NO_WORDS, [
    ["DescriptorFlags.names", (v) => DescriptorFlags.names(v)],
    ["DescriptorFlags.debug", (v) => DescriptorFlags.debug(v)],
  ]);
  refuses("structure/descriptor", wrong.NO_WORDS, [
    ["Descriptor.userSegment", (v) => Descriptor.userSegment(v)],
    ["Descriptor.systemSegment, first", (v) => Descriptor.systemSegment(v, 0n)],
    ["Descriptor.systemSegment, second", (v) => Descriptor.systemSegment(0n, v)],
    ["GlobalDescriptorTable.fromRawEntries", (v) => GlobalDescriptorTable.fromRawEntries(memory, 0x1000, [0n, v])],
  ]);
  const notCapacities = [...wrong.NO_FIELDS.filter((v) => v !== undefined), 0, 0x2001];
  refuses("structure/gdt-entries", notCapacities, [
    ["new GlobalDescriptorTable", (v) => new GlobalDescriptorTable(memory, 0x1000, v)],
    ["GlobalDescriptorTable.empty", (v) => GlobalDescriptorTable.empty(memory, 0x1000, v)],
    ["fromRawEntries' capacity", (v) => GlobalDescriptorTable.fromRawEntries(memory, 0x1000, [0n], v)],
  ]);
  refuses("structure/gdt-entries", wrong.NO_INTEGERS, [
    ["fromRawEntries' entries", (v) => GlobalDescriptorTable.fromRawEntries(memory, 0x1000, v)],
  ]);
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
    ["Cr0.update", (v) => Cr0.update(registers, () => v)],
    ["Cr4.update", (v) => Cr4.update(registers, () => v)],
    ["Efer.update", (v) => Efer.update(registers, () => v)],
    ["Cr8.writeRaw", (v) => Cr8.writeRaw(registers, v)],
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
      ["Cr3.update", (v) => Cr3.update(registers, () => ({ frame, flags: v }))],
      ["Cr3.updatePcid", (v) => Cr3.updatePcid(registers, () => ({ frame, pcid: v }))],
      ["Cr3.updatePcidNoFlush", (v) => Cr3.updatePcidNoFlush(registers, () => ({ frame, pcid: v }))],
      ["Cr3.writeRaw", (v) => Cr3.writeRaw(registers, frame, v)],
      ["flushPcid", (v) => flushPcid({ tlb }, { kind: 1, pcid: v })],
    ],
  );
  refuses("structure/frame", wrong.NO_FRAMES, [
    ["Cr3.write", (v) => Cr3.write(registers, v)],
    ["Cr3.writePcid", (v) => Cr3.writePcid(registers, v, 1)],
    ["Cr3.writePcidNoFlush", (v) => Cr3.writePcidNoFlush(registers, v, 1)],
    ["Cr3.writeRaw", (v) => Cr3.writeRaw(registers, v, 1)],
    ["Cr3.update", (v) => Cr3.update(registers, () => ({ frame: v, flags: 0 }))],
    ["Cr3.updatePcid", (v) => Cr3.updatePcid(registers, () => ({ frame: v, pcid: 0 }))],
  ]);
  refuses(
    "structure/change",
    wrong.NO_INTEGERS.filter((v) => typeof v !== "object" || v === null),
    [
      ["Cr0.update", (v) => Cr0.update(registers, v)],
      ["Cr3.update", (v) => Cr3.update(registers, v)],
      ["Cr3.update's result", (v) => Cr3.update(registers, () => v)],
      ["Cr3.updatePcid's result", (v) => Cr3.updatePcid(registers, () => v)],
      ["Cr3.updatePcidNoFlush's result", (v) => Cr3.updatePcidNoFlush(registers, () => v)],
      ["Cr4.update", (v) => Cr4.update(registers, v)],
      ["Cr8.update", (v) => Cr8.update(registers, v)],
      ["Efer.update", (v) => Efer.update(registers, v)],
    ],
  );
  const notClasses = [...wrong.NO_FIELDS.filter((v) => v !== undefined), 0, 16];
  refuses("structure/priority-class", notClasses, [
    ["Cr8.write", (v) => Cr8.write(registers, v)],
    ["Cr8.update", (v) => Cr8.update(registers, () => v)],
  ]);
  refuses(
    "structure/priority-class",
    [...wrong.NO_FIELDS, 0x100],
    [["PriorityClass.new", (v) => PriorityClass.new(v)]],
  );
  refuses("structure/kind", [...wrong.NO_FIELDS, 4], [["flushPcid", (v) => flushPcid({ tlb }, { kind: v })]]);
});
