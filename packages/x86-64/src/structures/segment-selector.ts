/**
 * What a segment register holds: which entry of the descriptor table.
 *
 * ```
 *   15 ………… 3 │ 2  │ 1 0
 *     index    │ TI │ RPL       TI: 0 the global table, 1 a local one
 * ```
 *
 * @see Intel SDM volume 3A, 3.4.2; https://docs.rs/x86_64/0.15.4/x86_64/registers/segmentation/struct.SegmentSelector.html
 * @module
 */
import { debugStruct } from "./debug-struct.ts";
import { checkField } from "./errors.ts";

/** Rings of privilege: 0 is the kernel, 3 the user. */
export const PrivilegeLevel = { Ring0: 0, Ring1: 1, Ring2: 2, Ring3: 3 } as const;
export type PrivilegeLevel = (typeof PrivilegeLevel)[keyof typeof PrivilegeLevel];

/** A selector is a plain number of 16 bits. */
export type SegmentSelector = number;

/** Makers and parts of selectors. */
export const SegmentSelector = {
  NULL: 0,

  /**
   * @param index - in the descriptor table, not its offset: 0 … 0x1fff
   * @throws {@link StructureError} `structure/selector`, `structure/privilege-level`
   * @example SegmentSelector.new(1, PrivilegeLevel.Ring0) // => 8
   */
  new(index: number, rpl: PrivilegeLevel): SegmentSelector {
    checkField("structure/selector", "an index in a descriptor table", index, 0x1fff);
    checkField("structure/privilege-level", "a privilege level", rpl, 3);
    return index * 8 + rpl;
  },

  /** Index in the descriptor table. */
  index(selector: SegmentSelector): number {
    checkSelector(selector);
    return selector >>> 3;
  },

  /** Requested privilege level. */
  rpl(selector: SegmentSelector): PrivilegeLevel {
    checkSelector(selector);
    return (selector & 3) as PrivilegeLevel;
  },

  /** The selector with another privilege level. */
  withRpl(selector: SegmentSelector, rpl: PrivilegeLevel): SegmentSelector {
    checkSelector(selector);
    checkField("structure/privilege-level", "a privilege level", rpl, 3);
    return (selector & 0xfffc) | rpl;
  },

  /** @example SegmentSelector.debug(8) // => "SegmentSelector { index: 1, rpl: Ring0 }" */
  debug(selector: SegmentSelector, pretty = false): string {
    const index = String(SegmentSelector.index(selector));
    return debugStruct(
      "SegmentSelector",
      [
        ["index", index],
        ["rpl", `Ring${selector & 3}`],
      ],
      pretty,
    );
  },
};

function checkSelector(selector: SegmentSelector): void {
  checkField("structure/selector", "a selector", selector, 0xffff);
}
