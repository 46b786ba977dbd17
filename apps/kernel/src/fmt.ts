/**
 * Formatting without a heap, for `println` and the serial port.
 *
 * @module
 */
import { hex, Panic } from "@kmem/memory";

/** Where text goes. */
export interface Write {
  writeStr(text: string): void;
}

/** What prints as an address with `{:p}`: a box, a slice, or the address itself. */
export interface Pointer {
  asPtr(): number;
}
export type FormatArgument = string | number | bigint | boolean | Pointer;

/**
 * Writes `format` with each `{}` replaced by the next argument, and each `{:p}` by the address of the next.
 *
 * @throws {@link Panic} when there are more or fewer arguments than places; what stands before was written
 */
export function formatArguments(out: Write, format: string, args: readonly FormatArgument[]): void {
  let used = 0;
  for (const piece of format.split(/(\{(?::p)?\})/)) {
    if (piece === "{}" || piece === "{:p}") {
      if (used === args.length) throw new Panic(`the format string "${format}" has more places than arguments`);
      out.writeStr(piece === "{}" ? display(args[used++]!) : hex(addressOf(args[used++]!)));
    } else if (piece !== "") out.writeStr(piece);
  }
  if (used !== args.length) throw new Panic(`the format string "${format}" has fewer places than arguments`);
}

function display(value: FormatArgument): string {
  return typeof value === "object" ? hex(value.asPtr()) : String(value);
}

function addressOf(value: FormatArgument): number {
  if (typeof value === "object") return value.asPtr();
  if (typeof value === "number") return value;
  throw new Panic(`{:p} needs an address, got ${String(value)}`);
}
