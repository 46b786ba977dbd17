import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { InterruptStackFrame, type Hardware } from "../../src/index.ts";

const VALUE = {
  instructionPointer: -0x7fff_ffff_f000,
  codeSegment: 0x33,
  cpuFlags: 0x202,
  stackPointer: 0x7fff_ffff_fff8,
  stackSegment: 0x2b,
};

describe("InterruptStackFrame", () => {
  it("is five words, the instruction pointer lowest", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    memory.fill(0, 0xee, 0x100);
    const frame = InterruptStackFrame.write(memory, 0x20, VALUE);
    expect([0, 8, 16, 24, 32].map((offset) => memory.readU64(0x20 + offset))).toEqual([
      0xffff_8000_0000_1000n,
      0x33n,
      0x202n,
      0x7fff_ffff_fff8n,
      0x2bn,
    ]);
    expect(frame).toMatchObject(VALUE);
    expect(memory.readU8(0x1f)).toBe(0xee);
    expect(memory.readU8(0x48)).toBe(0xee);
  });

  it("writes through, for the handler's return", () => {
    const memory = new LinearMemory(new ArrayBuffer(0x100));
    const frame = InterruptStackFrame.write(memory, 0, VALUE);
    frame.instructionPointer = 0x1000;
    frame.stackPointer = -8;
    frame.cpuFlags = 0xffff_ffff;
    frame.codeSegment = 8;
    frame.stackSegment = 0;
    expect(memory.readU64(0)).toBe(0x1000n);
    expect(memory.readU64(24)).toBe(0xffff_ffff_ffff_fff8n);
    expect(memory.readU64(16)).toBe(0xffff_ffffn);
    expect(new InterruptStackFrame(memory, 0)).toMatchObject({ codeSegment: 8, stackSegment: 0, stackPointer: -8 });
  });

  it("prints as the crate's Debug", () => {
    const frame = InterruptStackFrame.write(new LinearMemory(new ArrayBuffer(40)), 0, VALUE);
    expect(String(frame)).toBe(
      "InterruptStackFrame { instruction_pointer: VirtAddr(0xffff800000001000), " +
        "code_segment: SegmentSelector { index: 6, rpl: Ring3 }, cpu_flags: RFlags(INTERRUPT_FLAG | 0x2), " +
        "stack_pointer: VirtAddr(0x7ffffffffff8), stack_segment: SegmentSelector { index: 5, rpl: Ring3 } }",
    );
    expect(frame.debug(true).split("\n").slice(0, 5)).toEqual([
      "InterruptStackFrame {",
      "    instruction_pointer: VirtAddr(",
      "        0xffff800000001000,",
      "    ),",
      "    code_segment: SegmentSelector {",
    ]);
  });

  it("is what iretq is given", () => {
    const frame = new InterruptStackFrame(new LinearMemory(new ArrayBuffer(0x100)), 0x40);
    const iretq = (at: number): never => {
      throw new Error(`iretq ${at}`);
    };
    expect(() => frame.iretq({ iretq } as unknown as Hardware)).toThrow("iretq 64");
  });
});
