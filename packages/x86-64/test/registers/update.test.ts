import { describe, expect, it } from "vitest";
import {
  Cr0,
  Cr0Flags,
  Cr3,
  Cr3Flags,
  Cr4,
  Cr4Flags,
  Cr8,
  Efer,
  EferFlags,
  PhysFrame,
  type Registers,
} from "../../src/index.ts";

const frame = PhysFrame.fromStartAddress(0x5000);

describe("update", () => {
  it("of Cr0, Cr4 and Efer shows the flags that have a name, and keeps the other bits", () => {
    const unnamed = 2 ** 52 + 2 ** 27;
    const state = { cr0: unnamed + 1, cr4: unnamed + 1, efer: unnamed + 1 } as Registers;
    const seen: number[] = [];
    const change =
      (flag: number) =>
      (flags: number): number => {
        seen.push(flags);
        return flag;
      };
    Cr0.update(state, change(Cr0Flags.WRITE_PROTECT));
    Cr4.update(state, change(Cr4Flags.PCID));
    Efer.update(state, change(EferFlags.NO_EXECUTE_ENABLE));
    expect(seen).toEqual([1, 1, 1]);
    expect(state).toEqual({ cr0: unnamed + 0x1_0000, cr4: unnamed + 0x2_0000, efer: unnamed + 0x800 });
  });

  it("of Cr3 changes the frame and the flags, and drops bits without a name", () => {
    const state = { cr3: 0x1fff } as Registers;
    Cr3.update(state, ({ frame: old, flags }) => ({
      frame: old.add(1),
      flags: flags & ~Cr3Flags.PAGE_LEVEL_WRITETHROUGH,
    }));
    expect(state.cr3).toBe(0x2010);
    Cr3.updatePcid(state, ({ pcid }) => ({ frame, pcid: pcid + 1 }));
    expect(state.cr3).toBe(0x5011);
  });

  it("of Cr3 keeps translations when it is told to", () => {
    const kept: number[] = [];
    const state = { cr3: 0x5001, writeCr3KeepingTranslations: (value) => void kept.push(value) } as Registers;
    Cr3.updatePcidNoFlush(state, ({ frame: old }) => ({ frame: old, pcid: 9 }));
    expect(kept).toEqual([0x5009]);
    expect(state.cr3).toBe(0x5001);
  });

  it("writes nothing when the function throws", () => {
    const state = { cr0: 1, cr3: 0x5000, cr4: 2, efer: 3 } as Registers;
    const fails = (): never => {
      throw new RangeError("no");
    };
    for (const register of [Cr0, Cr4, Efer]) expect(() => register.update(state, fails)).toThrow(RangeError);
    expect(() => Cr3.update(state, fails)).toThrow(RangeError);
    expect(state).toEqual({ cr0: 1, cr3: 0x5000, cr4: 2, efer: 3 });
  });
});

describe("Cr8", () => {
  it("reads the lowest byte, and none for what is no class", () => {
    const classes = [0, 1, 15, 16, 0x105, 0x100].map((cr8) => Cr8.read({ cr8 }));
    expect(classes).toEqual([undefined, 1, 15, undefined, 5, undefined]);
    expect(Cr8.readRaw({ cr8: 0x105 })).toBe(0x105);
  });

  it("writes a class, or 0 for none", () => {
    const state = { cr8: 3 };
    Cr8.update(state, (priorityClass) => priorityClass! + 1);
    expect(state.cr8).toBe(4);
    Cr8.update(state, () => undefined);
    expect(state.cr8).toBe(0);
    Cr8.write(state, 15);
    expect(state.cr8).toBe(15);
    Cr8.writeRaw(state, 0x20);
    expect(state.cr8).toBe(0x20);
  });
});
