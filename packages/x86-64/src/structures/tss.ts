/**
 * The task state segment: in 64-bit mode the stacks that the CPU changes to.
 *
 * ```
 *     0  reserved                       4
 *     4  RSP for privilege levels 0 … 2    8 each     on entering a handler from a lower privilege level
 *    28  reserved                       8
 *    36  interrupt stack table, 7 entries  8 each     where a gate asks for one
 *    92  reserved                      10
 *   102  offset of the I/O permission map  2          104: there is none
 * ```
 *
 * @see Intel SDM volume 3A, 7.7; https://docs.rs/x86_64/0.15.4/x86_64/structures/tss/struct.TaskStateSegment.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { checkField } from "./errors.ts";
import { checkPointer, readPointer, writePointer } from "./interrupt-stack-frame.ts";

const PRIVILEGE_STACKS = 4;
const INTERRUPT_STACKS = 36;
const IO_MAP_BASE = 102;

/** A task state segment in memory. */
export class TaskStateSegment {
  /** Bytes. */
  static readonly SIZE = 104;
  readonly memory: Memory;
  readonly address: Ptr;

  /** The segment whose bytes are at `address`; zeros are one without stacks. */
  constructor(memory: Memory, address: Ptr) {
    checkPointer(address);
    this.memory = memory;
    this.address = address;
  }

  /** Writes one without stacks and without I/O permissions. */
  static new(memory: Memory, address: Ptr): TaskStateSegment {
    const tss = new TaskStateSegment(memory, address);
    memory.fill(address, 0, TaskStateSegment.SIZE);
    memory.writeU16(address + IO_MAP_BASE, TaskStateSegment.SIZE);
    return tss;
  }

  /** The top of the stack for a privilege level. @param level - 0 … 2 */
  privilegeStack(level: number): Ptr {
    checkField("structure/privilege-level", "a privilege level with a stack of its own", level, 2);
    return readPointer(this.memory, this.address + PRIVILEGE_STACKS + 8 * level);
  }

  /** @param top - behind the stack's last byte: stacks grow downwards */
  setPrivilegeStack(level: number, top: Ptr): void {
    checkField("structure/privilege-level", "a privilege level with a stack of its own", level, 2);
    writePointer(this.memory, this.address + PRIVILEGE_STACKS + 8 * level, top);
  }

  /** The top of an interrupt stack. @param index - 0 … 6, as in the Rust crate; the manual counts from 1 */
  interruptStack(index: number): Ptr {
    checkField("structure/stack-index", "an index in the interrupt stack table", index, 6);
    return readPointer(this.memory, this.address + INTERRUPT_STACKS + 8 * index);
  }

  /** @param top - behind the stack's last byte: stacks grow downwards */
  setInterruptStack(index: number, top: Ptr): void {
    checkField("structure/stack-index", "an index in the interrupt stack table", index, 6);
    writePointer(this.memory, this.address + INTERRUPT_STACKS + 8 * index, top);
  }

  /** Offset of the I/O permission map in the segment; at {@link SIZE} or behind, there is none. */
  get ioMapBase(): number {
    return this.memory.readU16(this.address + IO_MAP_BASE);
  }
  set ioMapBase(offset: number) {
    checkField("structure/offset", "an offset", offset, 0xffff);
    this.memory.writeU16(this.address + IO_MAP_BASE, offset);
  }
}
