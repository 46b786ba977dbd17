/**
 * What the CPU pushes when it enters a handler.
 *
 * ```
 *   +32  stack_segment          the selector in the low 16 bits
 *   +24  stack_pointer
 *   +16  cpu_flags
 *    +8  code_segment           the selector in the low 16 bits
 *     0  instruction_pointer    ◀── the frame's address
 *    −8  the error code, if there is one
 * ```
 *
 * @see Intel SDM volume 3A, 6.14.2; https://docs.rs/x86_64/0.15.4/x86_64/structures/idt/struct.InterruptStackFrameValue.html
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";
import type { Hardware } from "../hardware.ts";
import { RFlags } from "../registers/rflags.ts";
import { isCanonical } from "../addr.ts";
import { debugStruct, debugTuple } from "./debug-struct.ts";
import { checkField, StructureError } from "./errors.ts";
import { SegmentSelector } from "./segment-selector.ts";

const TWO_32 = 0x1_0000_0000;

/** The five values of a frame. */
export interface InterruptStackFrameValue {
  readonly instructionPointer: Ptr;
  readonly codeSegment: SegmentSelector;
  readonly cpuFlags: number;
  readonly stackPointer: Ptr;
  readonly stackSegment: SegmentSelector;
}

/**
 * A frame in memory. What is written into it takes effect when the handler returns.
 *
 * The frame on a handler's stack is gone once the handler has returned.
 */
export class InterruptStackFrame implements InterruptStackFrameValue {
  /** Bytes. */
  static readonly SIZE = 40;
  readonly address: Ptr;
  private readonly memory: Memory;

  /** @throws {@link StructureError} `structure/address` unless canonical */
  constructor(memory: Memory, address: Ptr) {
    checkPointer(address);
    this.memory = memory;
    this.address = address;
  }

  /**
   * Writes a frame as the CPU would push it.
   *
   * @throws {@link StructureError} when a value does not fit; nothing has been written then
   */
  static write(memory: Memory, address: Ptr, value: InterruptStackFrameValue): InterruptStackFrame {
    checkPointer(address);
    checkPointer(value.instructionPointer);
    checkPointer(value.stackPointer);
    checkField("structure/selector", "a selector", value.codeSegment, 0xffff);
    checkField("structure/selector", "a selector", value.stackSegment, 0xffff);
    checkField("structure/flags", "flags", value.cpuFlags, 0xffff_ffff);
    const frame = new InterruptStackFrame(memory, address);
    frame.instructionPointer = value.instructionPointer;
    frame.codeSegment = value.codeSegment;
    frame.cpuFlags = value.cpuFlags;
    frame.stackPointer = value.stackPointer;
    frame.stackSegment = value.stackSegment;
    return frame;
  }

  /** Of a fault: the instruction that will be made again. Of a trap or interrupt: where the program goes on. */
  get instructionPointer(): Ptr {
    return readPointer(this.memory, this.address);
  }
  set instructionPointer(value: Ptr) {
    writePointer(this.memory, this.address, value);
  }

  get codeSegment(): SegmentSelector {
    return this.memory.readU16(this.address + 8);
  }
  set codeSegment(value: SegmentSelector) {
    checkField("structure/selector", "a selector", value, 0xffff);
    writeWord(this.memory, this.address + 8, value);
  }

  get cpuFlags(): number {
    return this.memory.readU32(this.address + 16);
  }
  set cpuFlags(value: number) {
    checkField("structure/flags", "flags", value, 0xffff_ffff);
    writeWord(this.memory, this.address + 16, value);
  }

  get stackPointer(): Ptr {
    return readPointer(this.memory, this.address + 24);
  }
  set stackPointer(value: Ptr) {
    writePointer(this.memory, this.address + 24, value);
  }

  get stackSegment(): SegmentSelector {
    return this.memory.readU16(this.address + 32);
  }
  set stackSegment(value: SegmentSelector) {
    checkField("structure/selector", "a selector", value, 0xffff);
    writeWord(this.memory, this.address + 32, value);
  }

  /** `iretq` with this frame: goes on at its instruction pointer, with its stack and privilege level. */
  iretq(hardware: Hardware): never {
    return hardware.iretq(this.address);
  }

  /**
   * Rust's `Debug`.
   *
   * @param pretty - `{:#?}`: a line for each field
   */
  debug(pretty = false): string {
    const fields = [
      ["instruction_pointer", debugPointer(this.instructionPointer, pretty)],
      ["code_segment", SegmentSelector.debug(this.codeSegment, pretty)],
      ["cpu_flags", RFlags.debug(this.cpuFlags, pretty)],
      ["stack_pointer", debugPointer(this.stackPointer, pretty)],
      ["stack_segment", SegmentSelector.debug(this.stackSegment, pretty)],
    ] as const;
    return debugStruct("InterruptStackFrame", fields, pretty);
  }

  toString(): string {
    return this.debug();
  }
}

function debugPointer(address: Ptr, pretty: boolean): string {
  return debugTuple("VirtAddr", hex(address), pretty);
}

/** A canonical address from 8 bytes, sign-extended. */
export function readPointer(memory: Memory, at: Ptr): Ptr {
  return (memory.readU32(at + 4) | 0) * TWO_32 + memory.readU32(at);
}

/** @throws {@link StructureError} `structure/address` unless canonical */
export function writePointer(memory: Memory, at: Ptr, value: Ptr): void {
  checkPointer(value);
  memory.writeU32(at, value);
  memory.writeU32(at + 4, Math.floor(value / TWO_32));
}

export function checkPointer(value: Ptr): void {
  if (!isCanonical(value)) throw new StructureError("structure/address", "a canonical virtual address", value);
}

/** Writes 8 bytes of which only the low ones can be set. */
function writeWord(memory: Memory, at: Ptr, value: number): void {
  memory.writeU32(at, value);
  memory.writeU32(at + 4, 0);
}
