import { describe, expect, it } from "vitest";
import {
  Cr0,
  Cr0Flags,
  Cr2,
  Cr3,
  Cr3Flags,
  Cr4,
  Cr4Flags,
  Efer,
  EferFlags,
  PhysFrame,
  Pkru,
  RFlags,
  type Registers,
} from "../../src/index.ts";

interface Written {
  kept?: number;
}

function registers(): Registers & Written {
  const state = { cr0: 0, cr2: 0, cr3: 0, cr4: 0, efer: 0, pkru: 0, rflags: 2 } as Registers & Written;
  state.writeCr3KeepingTranslations = (value) => (state.kept = value);
  return state;
}

describe("flags of the registers", () => {
  it("have the bits of the manual", () => {
    const bit = (flag: number): number => Math.log2(flag);
    expect(["PROTECTED_MODE_ENABLE", "WRITE_PROTECT", "PAGING"].map((name) => bit(Cr0Flags[name as "PAGING"]))).toEqual(
      [0, 16, 31],
    );
    expect(bit(Cr4Flags.PHYSICAL_ADDRESS_EXTENSION)).toBe(5);
    expect(bit(Cr4Flags.PAGE_GLOBAL)).toBe(7);
    expect(bit(Cr4Flags.PCID)).toBe(17);
    expect(bit(Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION)).toBe(20);
    expect(bit(Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION)).toBe(21);
    expect(bit(Cr4Flags.PROTECTION_KEY_USER)).toBe(22);
    expect(bit(EferFlags.LONG_MODE_ENABLE)).toBe(8);
    expect(bit(EferFlags.LONG_MODE_ACTIVE)).toBe(10);
    expect(bit(EferFlags.NO_EXECUTE_ENABLE)).toBe(11);
    expect(bit(RFlags.INTERRUPT_FLAG)).toBe(9);
    expect(bit(RFlags.ALIGNMENT_CHECK)).toBe(18);
    expect(Cr3Flags.all).toBe(0x18);
  });

  it("print as bitflags does, with what has no name as hex", () => {
    expect(Cr0Flags.debug(0x8001_0001)).toBe("Cr0Flags(PROTECTED_MODE_ENABLE | WRITE_PROTECT | PAGING)");
    expect(Cr4Flags.debug(0x8_0000_0020)).toBe("Cr4Flags(PHYSICAL_ADDRESS_EXTENSION | 0x800000000)");
    expect(EferFlags.debug(0)).toBe("EferFlags(0x0)");
    expect(Cr3Flags.names(0x18)).toEqual(["PAGE_LEVEL_WRITETHROUGH", "PAGE_LEVEL_CACHE_DISABLE"]);
  });
});

describe("Cr0, Cr4 and Efer", () => {
  it("read and write the register", () => {
    const state = registers();
    Cr0.write(state, 0x8000_0011);
    Cr4.write(state, 0x20);
    Efer.write(state, 0x500);
    expect([Cr0.read(state), Cr4.read(state), Efer.read(state)]).toEqual([0x8000_0011, 0x20, 0x500]);
    expect([state.cr0, state.cr4, state.efer]).toEqual([0x8000_0011, 0x20, 0x500]);
  });

  it("read the flags that have a name, and keep the other bits when they write, as the crate does", () => {
    for (const [register, name, all] of [
      [Cr0, "cr0", Cr0Flags.all],
      [Cr4, "cr4", Cr4Flags.all],
      [Efer, "efer", EferFlags.all],
    ] as const) {
      const state = registers();
      const unnamed = 2 ** 52 + 2 ** 27;
      state[name] = unnamed + all;
      expect(register.read(state)).toBe(all);
      expect(register.readRaw(state)).toBe(unnamed + all);
      register.write(state, 1);
      expect(state[name]).toBe(unnamed + 1);
      register.write(state, 2 ** 40 + all);
      expect(state[name]).toBe(unnamed + 2 ** 40 + all);
      register.writeRaw(state, 1);
      expect(state[name]).toBe(1);
    }
  });
});

describe("Cr2", () => {
  it("is a virtual address, and refuses what is none", () => {
    const state = registers();
    state.cr2 = -4096;
    expect(Cr2.read(state)).toBe(-4096);
    state.cr2 = 2 ** 47;
    expect(() => Cr2.read(state)).toThrow(expect.objectContaining({ code: "address/not-canonical" }));
    expect(Cr2.readRaw(state)).toBe(2 ** 47);
  });
});

describe("Cr3", () => {
  const frame = PhysFrame.fromStartAddress(0xf_ffff_ffff_f000);

  it("holds a frame, and flags or a PCID below it", () => {
    const state = registers();
    Cr3.write(state, frame, Cr3Flags.PAGE_LEVEL_WRITETHROUGH);
    expect(state.cr3).toBe(0xf_ffff_ffff_f008);
    expect(Cr3.read(state)).toEqual({ frame, flags: 8 });
    Cr3.writePcid(state, frame, 0xabc);
    expect(Cr3.readPcid(state)).toEqual({ frame, pcid: 0xabc });
    expect(Cr3.read(state).flags).toBe(0xabc & 0x18);
    Cr3.writeRaw(state, frame, 0xfff);
    expect(Cr3.readRaw(state)).toEqual({ frame, value: 0xfff });
  });

  it("keeps translations when it is told to", () => {
    const state = registers();
    Cr3.writePcidNoFlush(state, frame, 5);
    expect(state.kept).toBe(0xf_ffff_ffff_f005);
    expect(state.cr3).toBe(0);
  });
});

describe("RFlags", () => {
  it("writing keeps the bits without a name", () => {
    const state = registers();
    RFlags.write(state, RFlags.INTERRUPT_FLAG | RFlags.ALIGNMENT_CHECK);
    expect(state.rflags).toBe(0x4_0202);
    RFlags.write(state, 2 ** 40 + RFlags.ZERO_FLAG);
    expect(RFlags.readRaw(state)).toBe(0x42);
    expect(RFlags.read(state)).toBe(RFlags.ZERO_FLAG);
  });
});

describe("Pkru", () => {
  it("has two bits for each key", () => {
    const state = registers();
    let value = 0;
    for (let key = 0; key < 16; key++) {
      const rights = { accessDisabled: key % 2 === 1, writeDisabled: key % 3 === 0 };
      value = Pkru.with(value, key, rights);
      expect(Pkru.get(value, key)).toEqual(rights);
    }
    expect(Pkru.with(0xffff_ffff, 15, { accessDisabled: false, writeDisabled: false })).toBe(0x3fff_ffff);
    Pkru.write(state, value);
    expect(Pkru.read(state)).toBe(value);
  });
});
