/**
 * Text as Rust prints it.
 *
 * @module
 */
import { AddressError } from "../errors.ts";
import type { PhysAddr } from "../addr.ts";
import { PageTableFlags, type FlagWord } from "./page-table-flags.ts";
import type { PageSize } from "./page-size.ts";
import type { PhysFrame } from "./phys-frame.ts";

const RADIX: Readonly<Record<string, [radix: number, prefix: string]>> = {
  x: [16, "0x"],
  X: [16, "0x"],
  o: [8, "0o"],
  b: [2, "0b"],
  p: [16, "0x"],
};

/** Fill and alignment, sign, `#`, `0`, width, kind. */
const FORMAT = /^\{:(?:(.?)([<^>]))?(\+?)(#?)(0?)(\d*)([xXobp])\}$/su;
/** Characters of a whole address after `{:#p}`: `0x` and 16 digits. */
const POINTER_WIDTH = 18;

/**
 * An address in one of Rust's formats for addresses.
 *
 * @param address - a virtual or physical address
 * @param spec - `{:x}`, `{:#X}`, `{:o}`, `{:b}`, `{:p}`; with a width and leading zeros `{:#018x}`; with a fill and an
 * alignment `{:*<20x}`. `{:#p}` is a pointer in full: as `{:#018x}`
 * @throws {@link AddressError} `address/format` for another; `address/not-canonical` for what is no address
 * @example formatAddress(0xb8000, "{:#018x}") // => "0x00000000000b8000"
 * @example formatAddress(0xb8000, "{:_^#11x}") // => "__0xb8000__"
 */
export function formatAddress(address: number, spec: string): string {
  const [, fill, alignment, sign, alternate, zero, width = "", kind = ""] = FORMAT.exec(spec) ?? [];
  const found = RADIX[kind];
  if (found === undefined)
    throw new AddressError(
      "address/format",
      `expected a format such as {:#x}, got ${JSON.stringify(spec)} for`,
      address,
    );
  if (!Number.isSafeInteger(address))
    throw new AddressError("address/not-canonical", "expected an address, got", address);
  const [radix, prefix] = found;
  const digits = BigInt.asUintN(64, BigInt(address)).toString(radix);
  const shown = kind === "X" ? digits.toUpperCase() : digits;
  const head = (sign ?? "") + (alternate === "#" || kind === "p" ? prefix : "");
  const isFullPointer = alternate === "#" && kind === "p";
  const total = Number(isFullPointer && width === "" ? POINTER_WIDTH : width);
  if (zero === "0" || isFullPointer) return head + shown.padStart(total - head.length, "0");
  return aligned(head + shown, total, alignment ?? ">", fill === undefined || fill === "" ? " " : fill);
}

function aligned(text: string, total: number, alignment: string, fill: string): string {
  const missing = Math.max(0, total - text.length);
  const before = alignment === "<" ? 0 : alignment === "^" ? Math.floor(missing / 2) : missing;
  return fill.repeat(before) + text + fill.repeat(missing - before);
}

/** `{:?}` of the crate's `MappedFrame`. */
export function debugMappedFrame(frame: PhysFrame<PageSize>): string {
  return `Size${frame.size.name}(${frame.toString()})`;
}

/** `{:?}` of the crate's `TranslateResult`. */
export function debugTranslateResult(
  result:
    | { readonly kind: "not-mapped" }
    | { readonly kind: "invalid-frame-address"; readonly address: PhysAddr }
    | {
        readonly kind: "mapped";
        readonly frame: PhysFrame<PageSize>;
        readonly offset: number;
        readonly flags: FlagWord;
      },
): string {
  if (result.kind === "not-mapped") return "NotMapped";
  if (result.kind === "invalid-frame-address")
    return `InvalidFrameAddress(PhysAddr(${formatAddress(result.address, "{:#x}")}))`;
  const { frame, offset, flags } = result;
  return `Mapped { frame: ${debugMappedFrame(frame)}, offset: ${offset}, flags: ${PageTableFlags.toString(flags)} }`;
}
