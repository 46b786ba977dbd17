/**
 * Functions that keep their arguments, return addresses and locals on the machine's stack.
 *
 * A JavaScript function keeps its variables where no address leads. A chapter that talks of the stack calls its functions
 * through this, which moves RSP and writes the words as compiled code does:
 *
 * ```
 *   higher   argument          pushed by the caller
 *            return address    pushed by the call
 *            local             RSP moves down by its size
 *   lower    ◀── RSP
 * ```
 *
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";
import type { CodeFunction, Hardware } from "@kmem/x86-64";

/** Bytes of a word on the stack. */
const WORD = 8;

/** Something that lies on the stack, or lay there. */
export interface StackSlot {
  readonly at: Ptr;
  /** Bytes. */
  readonly size: number;
  readonly name: string;
  /** The function whose frame it belongs to. */
  readonly frame: string;
  /** The value as u64 or, where it is smaller, as u32 words. */
  readonly words: readonly number[];
  /** False once the function has returned: the bytes are still there, but they are nobody's. */
  readonly live: boolean;
}

/** From the highest address to the lowest. */
export interface StackPicture {
  readonly stackPointer: Ptr;
  readonly slots: readonly StackSlot[];
}

/** The words of a slot as people read them: small numbers in decimal, addresses in hexadecimal. */
export function slotValues({ words }: StackSlot, address: (word: Ptr) => string = hex): string[] {
  return words.map((word) => (word > 0xffff ? address(word) : String(word)));
}

interface Placed {
  readonly at: Ptr;
  readonly size: number;
  readonly name: string;
  readonly frame: string;
}

/** A function that keeps its variables on the machine's stack. */
export type StackFunction = (stack: CallStack, argument: number) => number;

export class CallStack {
  readonly memory: Memory;
  private readonly hardware: Hardware;
  private placed: Placed[] = [];
  private frame = "main";

  constructor(hardware: Hardware) {
    this.hardware = hardware;
    this.memory = hardware.memory;
  }

  /** Calls a function: pushes the argument and the return address, and pops its frame when it returns. @returns what it returns */
  call(callee: StackFunction, argument: number): number {
    const { registers, code } = this.hardware;
    const caller = this.frame;
    const before = registers.rsp;
    this.frame = callee.name;
    this.push("argument", argument);
    this.push("return address", code.addressOf(callee as unknown as CodeFunction, caller));
    const result = callee(this, argument);
    registers.rsp = before;
    this.frame = caller;
    return result;
  }

  /** Makes room for a local variable. @param size - bytes @returns its address, a multiple of 8 */
  local(name: string, size: number): Ptr {
    const { registers } = this.hardware;
    registers.rsp -= Math.ceil(size / WORD) * WORD;
    this.place(name, size);
    return registers.rsp;
  }

  /** What lies on the stack now, and what the last calls have left below it. */
  picture(): StackPicture {
    const stackPointer = this.hardware.registers.rsp;
    const slots = this.placed.map((slot) => ({
      ...slot,
      words: this.words(slot),
      live: slot.at >= stackPointer,
    }));
    return { stackPointer, slots: slots.sort((a, b) => b.at - a.at) };
  }

  private push(name: string, value: number): void {
    this.hardware.push(value);
    this.place(name, WORD);
  }

  private place(name: string, size: number): void {
    const at = this.hardware.registers.rsp;
    // A new frame lies where older ones were.
    this.placed = this.placed.filter((slot) => slot.at + slot.size <= at || slot.at >= at + size);
    this.placed.push({ at, size, name, frame: this.frame });
  }

  private words({ at, size }: Placed): number[] {
    if (size === WORD) return [this.memory.readUsize(at)];
    return Array.from({ length: Math.ceil(size / 4) }, (_, i) => this.memory.readU32(at + 4 * i));
  }
}
