/**
 * The kernel's text: addresses for functions.
 *
 * ```
 *   start                                              start + size
 *   ├────────────────┬────────────────┬─ … ───────────────┤
 *    function 0        function 1       each "fills" 16 bytes
 * ```
 * A JavaScript function has no machine code, so each is given 16 bytes of the kernel's text, whose first is its entry.
 * Entering that address calls it. The pages of the text must be mapped and executable all the same.
 *
 * @module
 */
import { hex, type Ptr } from "@kmem/memory";
import type { Code, CodeFunction } from "@kmem/x86-64";
import { MachineError } from "./errors.ts";
import type { StateTransfer } from "./state/transfer.ts";

/** Bytes of text for each function. */
export const FUNCTION_SIZE = 16;

/** Finds the function that was saved under a name; undefined when there is none. */
export type FunctionFor = (name: string, address: Ptr) => CodeFunction | undefined;

/** Gives addresses to functions, and finds the functions again. */
export class CodeTable implements Code {
  readonly start: Ptr;
  /** Bytes. */
  readonly size: number;
  private readonly addresses = new Map<CodeFunction, Ptr>();
  private readonly functions: CodeFunction[] = [];
  private readonly names: string[] = [];
  /** After {@link load}: numbers of the functions whose place nobody has taken yet. */
  private readonly vacant = new Set<number>();

  /**
   * @param start - virtual address; a multiple of 16
   * @param size - bytes; a multiple of 16
   * @throws {@link MachineError} `machine/option`
   */
  constructor(start: Ptr, size: number) {
    const whole = Number.isSafeInteger(start) && Number.isSafeInteger(size) && Number.isSafeInteger(start + size);
    if (!whole || start % FUNCTION_SIZE !== 0 || size % FUNCTION_SIZE !== 0 || size < FUNCTION_SIZE)
      throw new MachineError(
        "machine/option",
        `text: expected multiples of ${FUNCTION_SIZE} as start and size, got ${hex(start)} and ${hex(size)}`,
        start,
      );
    this.start = start;
    this.size = size;
  }

  /**
   * The address of a function; the first time it gets the next free one.
   *
   * In a table that was loaded with a machine's state, it takes the place of the saved function of its name, if that is
   * vacant: so a kernel that sets its descriptor tables up again gets the addresses that they had.
   *
   * @param name - shown in reports instead of the function's own
   * @throws {@link MachineError} `machine/not-a-function`; `machine/text-full`
   */
  addressOf(handler: CodeFunction, name: string = handler.name): Ptr {
    if (typeof handler !== "function")
      throw new MachineError("machine/not-a-function", `expected a function, got ${String(handler)}`, handler);
    const known = this.addresses.get(handler);
    if (known !== undefined) return known;
    for (const vacant of this.vacant)
      if (name !== "" && this.names[vacant] === name) return this.occupy(vacant, handler);
    const offset = this.functions.length * FUNCTION_SIZE;
    if (offset >= this.size)
      throw new MachineError("machine/text-full", `the text of ${hex(this.size)} bytes is full of functions`);
    this.functions.push(handler);
    this.names.push(name);
    this.addresses.set(handler, this.start + offset);
    return this.start + offset;
  }

  /**
   * @internal saves or loads a table. A function is JavaScript and stays outside: its name and its address are saved.
   *
   * @param functionFor - gives the functions of a table that is loaded; entering one that it does not know is an error
   */
  static transfer(state: StateTransfer, table: CodeTable, functionFor: FunctionFor = () => undefined): CodeTable {
    const start = state.integer(table.start);
    const size = state.integer(table.size, FUNCTION_SIZE);
    const isAligned = start % FUNCTION_SIZE === 0 && size % FUNCTION_SIZE === 0 && Number.isSafeInteger(start + size);
    state.check(isAligned, "the place of the text");
    const result = state.isLoading ? new CodeTable(start, size) : table;
    const count = state.u32(table.names.length, Math.floor(size / FUNCTION_SIZE));
    for (let i = 0; i < count; i++) {
      const name = state.text(table.names[i] ?? "");
      if (state.isLoading) result.restore(name, functionFor);
    }
    return result;
  }

  /** The function whose entry is at an address. */
  functionAt(address: Ptr): CodeFunction | undefined {
    return this.functions[(address - this.start) / FUNCTION_SIZE];
  }

  /** The name of the function in whose bytes an address lies, for reports. */
  nameAt(address: Ptr): string | undefined {
    return this.names[Math.floor((address - this.start) / FUNCTION_SIZE)];
  }

  private restore(name: string, functionFor: FunctionFor): void {
    const number = this.functions.length;
    const address = this.start + number * FUNCTION_SIZE;
    this.names.push(name);
    this.functions.push(() => {
      throw new MachineError(
        "machine/no-function",
        `the function "${name}" at ${hex(address)} is JavaScript, which is not saved: give it to Machine.load, or register it again`,
        address,
      );
    });
    this.vacant.add(number);
    const found = functionFor(name, address);
    if (found !== undefined && !this.addresses.has(found)) this.occupy(number, found);
  }

  private occupy(number: number, handler: CodeFunction): Ptr {
    const address = this.start + number * FUNCTION_SIZE;
    this.vacant.delete(number);
    this.functions[number] = handler;
    this.addresses.set(handler, address);
    return address;
  }
}
