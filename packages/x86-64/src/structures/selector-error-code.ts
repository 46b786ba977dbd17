/**
 * The error code of #TS, #NP, #SS and #GP: which descriptor was to blame.
 *
 * ```
 *   15 ………… 3 │ 2 1   │ 0
 *     index    │ table │ EXT      table: 0 GDT, 1 and 3 IDT, 2 LDT
 * ```
 *
 * @see Intel SDM volume 3A, 6.13; https://docs.rs/x86_64/0.15.4/x86_64/structures/idt/struct.SelectorErrorCode.html
 * @module
 */
import { debugStruct } from "./debug-struct.ts";
import { checkField } from "./errors.ts";

export type DescriptorTable = "Gdt" | "Idt" | "Ldt";

const TABLES: readonly DescriptorTable[] = ["Gdt", "Idt", "Ldt", "Idt"];

/** Makers and parts of such error codes, which are plain numbers. */
export const SelectorErrorCode = {
  /**
   * @throws {@link StructureError} `structure/error-code`
   * @example SelectorErrorCode.new(3, "Idt", false) // => 26
   */
  new(index: number, table: DescriptorTable, external: boolean): number {
    checkField("structure/error-code", "an index in a descriptor table", index, 0x1fff);
    checkField("structure/error-code", "a descriptor table", TABLES.indexOf(table), 2);
    return index * 8 + TABLES.indexOf(table) * 2 + (external ? 1 : 0);
  },

  /**
   * The error code with these bits.
   *
   * @returns `undefined` when a bit above 15 is set
   * @throws {@link StructureError} `structure/error-code` for what is no integer of 0 or more
   * @example SelectorErrorCode.fromBits(0x1_0000) // => undefined
   */
  fromBits(bits: number): number | undefined {
    checkField("structure/error-code", "an error code", bits, Number.MAX_SAFE_INTEGER);
    return bits <= 0xffff ? bits : undefined;
  },

  /** The low 16 bits. @throws as {@link SelectorErrorCode.fromBits} */
  fromBitsTruncate(bits: number): number {
    checkField("structure/error-code", "an error code", bits, Number.MAX_SAFE_INTEGER);
    return bits % 0x1_0000;
  },

  /** Whether it occurred while an interrupt or an earlier exception was being delivered. */
  external(errorCode: number): boolean {
    return (checked(errorCode) & 1) === 1;
  },

  descriptorTable(errorCode: number): DescriptorTable {
    return TABLES[(checked(errorCode) >>> 1) & 3]!;
  },

  index(errorCode: number): number {
    return checked(errorCode) >>> 3;
  },

  /** Whether no descriptor was to blame. */
  isNull(errorCode: number): boolean {
    return checked(errorCode) === 0;
  },

  /** @example SelectorErrorCode.debug(26) // => "Selector Error { external: false, descriptor table: Idt, index: 3 }" */
  debug(errorCode: number, pretty = false): string {
    const fields = [
      ["external", String(SelectorErrorCode.external(errorCode))],
      ["descriptor table", SelectorErrorCode.descriptorTable(errorCode)],
      ["index", String(SelectorErrorCode.index(errorCode))],
    ] as const;
    return debugStruct("Selector Error", fields, pretty);
  },
};

function checked(errorCode: number): number {
  checkField("structure/error-code", "an error code", errorCode, 0xffff);
  return errorCode;
}
