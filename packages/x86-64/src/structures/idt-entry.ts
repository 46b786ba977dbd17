/**
 * A gate: an entry of the interrupt descriptor table.
 *
 * ```
 *    0  handler 15 … 0       2
 *    2  code selector        2
 *    4  0 0 0 0 0 │ IST      1     0: the stack in use; 1 … 7: an entry of the interrupt stack table
 *    5  P │ DPL │ 0 │ type   1     type 14: interrupts are off in the handler; 15: as before
 *    6  handler 31 … 16      2
 *    8  handler 63 … 32      4
 *   12  reserved             4
 * ```
 *
 * @see Intel SDM volume 3A, 6.14.1; https://docs.rs/x86_64/0.15.4/x86_64/structures/idt/struct.Entry.html
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";
import type { Hardware } from "../hardware.ts";
import { debugStruct } from "./debug-struct.ts";
import { checkField } from "./errors.ts";
import { checkPointer, InterruptStackFrame } from "./interrupt-stack-frame.ts";
import { SegmentSelector, type PrivilegeLevel } from "./segment-selector.ts";

const TWO_32 = 0x1_0000_0000;
const OPTIONS = 4;
/** An interrupt gate that is not present. */
const MISSING = 0x0e00;
const PRESENT = 0x8000;
const TRAP = 0x0100;
const DPL_SHIFT = 13;
const DPL = 0x6000;
const IST = 0x7;

/** A handler: it gets the frame that the CPU has pushed, and the error code, or 0 where there is none. */
export type HandlerFunction = (stackFrame: InterruptStackFrame, errorCode: number) => void;

/** A gate in memory. */
export class IdtEntry {
  /** Bytes. */
  static readonly SIZE = 16;
  readonly address: Ptr;
  private readonly memory: Memory;

  /** @throws {@link StructureError} `structure/address` unless canonical */
  constructor(memory: Memory, address: Ptr) {
    checkPointer(address);
    this.memory = memory;
    this.address = address;
  }

  /** Makes it an interrupt gate that is not present. */
  clear(): void {
    this.memory.fill(this.address, 0, IdtEntry.SIZE);
    this.options = MISSING;
  }

  /**
   * Lets the vector call `handler`: gives it an address in the kernel's code, and takes the code segment in use.
   *
   * @returns this, to set options on
   */
  setHandlerFn(hardware: Pick<Hardware, "code" | "memory" | "registers">, handler: HandlerFunction): this {
    const { memory } = hardware;
    const entry = (stackFrame: Ptr, errorCode: number): void =>
      handler(new InterruptStackFrame(memory, stackFrame), errorCode);
    return this.setHandlerAddr(hardware.code.addressOf(entry, handler.name), hardware.registers.cs);
  }

  /**
   * Makes it a present interrupt gate for ring 0 with the stack in use, as the crate's `set_handler_addr`.
   *
   * @param handler - where the handler's code is
   * @param codeSelector - the code segment that it runs in
   * @throws {@link StructureError} `structure/address`, `structure/selector`; nothing has been written then
   */
  setHandlerAddr(handler: Ptr, codeSelector: SegmentSelector): this {
    checkPointer(handler);
    checkField("structure/selector", "a selector", codeSelector, 0xffff);
    const low = handler >>> 0;
    this.memory.writeU32(this.address, (codeSelector << 16) | (low & 0xffff));
    this.memory.writeU16(this.address + OPTIONS, MISSING | PRESENT);
    this.memory.writeU16(this.address + 6, low >>> 16);
    this.memory.writeU32(this.address + 8, Math.floor(handler / TWO_32));
    this.memory.writeU32(this.address + 12, 0);
    return this;
  }

  /** Where the handler's code is; of an address that is not canonical only the low 48 bits count. */
  get handlerAddr(): Ptr {
    const low = ((this.memory.readU16(this.address + 6) << 16) | this.memory.readU16(this.address)) >>> 0;
    return ((this.memory.readU32(this.address + 8) << 16) >> 16) * TWO_32 + low;
  }

  get codeSelector(): SegmentSelector {
    return this.memory.readU16(this.address + 2);
  }

  setCodeSelector(selector: SegmentSelector): this {
    checkField("structure/selector", "a selector", selector, 0xffff);
    this.memory.writeU16(this.address + 2, selector);
    return this;
  }

  get isPresent(): boolean {
    return (this.options & PRESENT) !== 0;
  }

  setPresent(present: boolean): this {
    this.options = present ? this.options | PRESENT : this.options & ~PRESENT;
    return this;
  }

  /** Whether interrupts are off while the handler runs. */
  get disablesInterrupts(): boolean {
    return (this.options & TRAP) === 0;
  }

  /** @param disable - false makes it a trap gate: interrupts stay as they were */
  disableInterrupts(disable: boolean): this {
    this.options = disable ? this.options & ~TRAP : this.options | TRAP;
    return this;
  }

  get privilegeLevel(): PrivilegeLevel {
    return ((this.options & DPL) >>> DPL_SHIFT) as PrivilegeLevel;
  }

  /** The lowest privilege that may call it by `int n`. */
  setPrivilegeLevel(level: PrivilegeLevel): this {
    checkField("structure/privilege-level", "a privilege level", level, 3);
    this.options = (this.options & ~DPL) | (level << DPL_SHIFT);
    return this;
  }

  /** Index in the interrupt stack table, 0 … 6; undefined for the stack in use. */
  get stackIndex(): number | undefined {
    const index = this.options & IST;
    return index === 0 ? undefined : index - 1;
  }

  /** @param index - 0 … 6, as in the Rust crate; the hardware's is one more */
  setStackIndex(index: number): this {
    checkField("structure/stack-index", "an index in the interrupt stack table", index, 6);
    this.options = (this.options & ~IST) | (index + 1);
    return this;
  }

  /** Rust's `Debug`. @param pretty - `{:#?}`: a line for each field */
  debug(pretty = false): string {
    const { stackIndex } = this;
    const some = pretty ? `Some(\n    ${stackIndex},\n)` : `Some(${stackIndex})`;
    const options = [
      ["code_selector", SegmentSelector.debug(this.codeSelector, pretty)],
      ["stack_index", stackIndex === undefined ? "None" : some],
      ["type", `0b${((this.options >>> 8) & 0xf).toString(2).padStart(2, "0")}`],
      ["privilege_level", `Ring${this.privilegeLevel}`],
      ["present", String(this.isPresent)],
    ] as const;
    const fields = [
      ["handler_addr", hex(this.handlerAddr)],
      ["options", debugStruct("EntryOptions", options, pretty)],
    ] as const;
    return debugStruct("Entry", fields, pretty);
  }

  toString(): string {
    const state = this.isPresent ? "" : ", not present";
    const stack = this.stackIndex === undefined ? "" : `, interrupt stack ${this.stackIndex}`;
    return `IdtEntry(${hex(this.handlerAddr)}, selector ${hex(this.codeSelector)}${stack}${state})`;
  }

  private get options(): number {
    return this.memory.readU16(this.address + OPTIONS);
  }
  private set options(options: number) {
    this.memory.writeU16(this.address + OPTIONS, options);
  }
}
