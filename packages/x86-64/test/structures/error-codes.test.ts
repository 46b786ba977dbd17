import { describe, expect, it } from "vitest";
import {
  flushPcid,
  InvPcidKind,
  PageFaultErrorCode,
  PrivilegeLevel,
  SegmentSelector,
  SelectorErrorCode,
} from "../../src/index.ts";

describe("PageFaultErrorCode", () => {
  it("names its bits as the crate does", () => {
    expect(PageFaultErrorCode.names(0x8000_80ff)).toEqual([
      "PROTECTION_VIOLATION",
      "CAUSED_BY_WRITE",
      "USER_MODE",
      "MALFORMED_TABLE",
      "INSTRUCTION_FETCH",
      "PROTECTION_KEY",
      "SHADOW_STACK",
      "HLAT",
      "SGX",
      "RMP",
    ]);
    expect(PageFaultErrorCode.all).toBe(0x8000_80ff);
    expect(PageFaultErrorCode.debug(0x102)).toBe("PageFaultErrorCode(CAUSED_BY_WRITE | 0x100)");
    expect(PageFaultErrorCode.debug(0, true)).toBe("PageFaultErrorCode(\n    0x0,\n)");
  });
});

describe("SelectorErrorCode", () => {
  it("is put together and taken apart", () => {
    for (const table of ["Gdt", "Idt", "Ldt"] as const)
      for (const external of [false, true])
        for (const index of [0, 1, 0x1fff]) {
          const code = SelectorErrorCode.new(index, table, external);
          expect(SelectorErrorCode.index(code)).toBe(index);
          expect(SelectorErrorCode.descriptorTable(code)).toBe(table);
          expect(SelectorErrorCode.external(code)).toBe(external);
          expect(SelectorErrorCode.isNull(code)).toBe(code === 0);
        }
  });

  it("reads both codes of the IDT, and refuses reserved bits", () => {
    expect(SelectorErrorCode.descriptorTable(6)).toBe("Idt");
    expect(SelectorErrorCode.fromBits(0xffff)).toBe(0xffff);
    expect(SelectorErrorCode.fromBits(0x1_0000)).toBeUndefined();
    expect(SelectorErrorCode.fromBitsTruncate(0x5_0012)).toBe(0x12);
    expect(SelectorErrorCode.debug(0x6b)).toBe("Selector Error { external: true, descriptor table: Idt, index: 13 }");
  });
});

describe("SegmentSelector", () => {
  it("has the index above the privilege level", () => {
    expect(SegmentSelector.new(0x1fff, PrivilegeLevel.Ring3)).toBe(0xfffb);
    expect(SegmentSelector.index(0x2b)).toBe(5);
    expect(SegmentSelector.rpl(0x2b)).toBe(3);
    expect(SegmentSelector.withRpl(0x2b, 0)).toBe(0x28);
    expect(SegmentSelector.withRpl(0xfffc, 3)).toBe(0xffff);
    expect(SegmentSelector.NULL).toBe(0);
    expect(SegmentSelector.debug(0x33, true)).toBe("SegmentSelector {\n    index: 6,\n    rpl: Ring3,\n}");
  });
});

describe("flushPcid", () => {
  it("passes each kind on with what it needs", () => {
    const calls: unknown[] = [];
    const tlb = {
      flush: () => undefined,
      flushAll: () => undefined,
      flushPcid: (...all: unknown[]) => void calls.push(all),
    };
    flushPcid({ tlb }, { kind: InvPcidKind.Address, address: 0x1000, pcid: 7 });
    flushPcid({ tlb }, { kind: InvPcidKind.Single, pcid: 4095 });
    flushPcid({ tlb }, { kind: InvPcidKind.All });
    flushPcid({ tlb }, { kind: InvPcidKind.AllExceptGlobal });
    expect(calls).toEqual([
      [0, 7, 0x1000],
      [1, 4095, 0],
      [2, 0, 0],
      [3, 0, 0],
    ]);
  });
});
