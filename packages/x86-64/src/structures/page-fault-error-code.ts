/**
 * What the CPU says about a page fault, besides the address in CR2.
 *
 * ```
 *   31  │ 15  │ 7    │ 6  │ 5  │ 4 │ 3    │ 2 │ 1 │ 0
 *   RMP │ SGX │ HLAT │ SS │ PK │ I │ RSVD │ U │ W │ P
 * ```
 *
 * @see Intel SDM volume 3A, 4.7; https://docs.rs/x86_64/0.15.4/x86_64/structures/idt/struct.PageFaultErrorCode.html
 * @module
 */
import { flagSet, type FlagSet } from "../registers/flag-set.ts";

const FLAGS = {
  /** The page is mapped, and does not permit the access; clear: it is not mapped. */
  PROTECTION_VIOLATION: 1,
  CAUSED_BY_WRITE: 0x2,
  USER_MODE: 0x4,
  /** A table entry has a reserved bit set. */
  MALFORMED_TABLE: 0x8,
  INSTRUCTION_FETCH: 0x10,
  PROTECTION_KEY: 0x20,
  SHADOW_STACK: 0x40,
  /** It occurred during the walk of HLAT paging. */
  HLAT: 0x80,
  SGX: 0x8000,
  RMP: 0x8000_0000,
} as const;

/**
 * The flags, and their text.
 *
 * @example PageFaultErrorCode.debug(2) // => "PageFaultErrorCode(CAUSED_BY_WRITE)"
 * @example PageFaultErrorCode.debug(3) // => "PageFaultErrorCode(PROTECTION_VIOLATION | CAUSED_BY_WRITE)"
 * @example PageFaultErrorCode.debug(0) // => "PageFaultErrorCode(0x0)"
 */
export const PageFaultErrorCode: FlagSet<typeof FLAGS> = flagSet("PageFaultErrorCode", FLAGS);
