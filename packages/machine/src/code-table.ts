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

/** Bytes of text for each function. */
export const FUNCTION_SIZE = 16;

/** Gives addresses to functions, and finds the functions again. */
export class CodeTable implements Code {
  readonly start: Ptr;
  /** Bytes. */
  readonly size: number;
  private readonly addresses = new Map<CodeFunction, Ptr>();
  private readonly functions: CodeFunction[] = [];
  private readonly names: string[] = [];

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
   * @param name - shown in reports instead of the function's own
   * @throws {@link MachineError} `machine/not-a-function`; `machine/text-full`
   */
  addressOf(handler: CodeFunction, name: string = handler.name): Ptr {
    if (typeof handler !== "function")
      throw new MachineError("machine/not-a-function", `expected a function, got ${String(handler)}`, handler);
    const known = this.addresses.get(handler);
    if (known !== undefined) return known;
    const offset = this.functions.length * FUNCTION_SIZE;
    if (offset >= this.size)
      throw new MachineError("machine/text-full", `the text of ${hex(this.size)} bytes is full of functions`);
    this.functions.push(handler);
    this.names.push(name);
    this.addresses.set(handler, this.start + offset);
    return this.start + offset;
  }

  /** The function whose entry is at an address. */
  functionAt(address: Ptr): CodeFunction | undefined {
    return this.functions[(address - this.start) / FUNCTION_SIZE];
  }

  /** The name of the function in whose bytes an address lies, for reports. */
  nameAt(address: Ptr): string | undefined {
    return this.names[Math.floor((address - this.start) / FUNCTION_SIZE)];
  }
}
