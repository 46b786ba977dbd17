import { describe, expect, it } from "vitest";
import { Machine, MachineStateError, STATE_VERSION } from "../../src/index.ts";
import { crc32 } from "../../src/state/crc32.ts";
import { packSections, unpackSections } from "../../src/state/state-file.ts";
import { MIB, Pc } from "../pc.ts";

/** A small machine that has done something. */
function small(): Uint8Array {
  const machine = new Machine({ memory: MIB });
  machine.ram.writeU32(0x1000, 0x1234_5678);
  machine.ports.writeU8(0x43, 0x36);
  machine.keyboard.type("x");
  return machine.save();
}

function refusal(file: unknown): string {
  try {
    Machine.load(file as Uint8Array);
  } catch (error) {
    if (error instanceof MachineStateError) return error.code;
    throw error;
  }
  return "loaded";
}

/** The file with one section replaced, its checksum right. */
function withSection(name: string, change: (payload: Uint8Array) => Uint8Array): Uint8Array {
  return packSections(
    unpackSections(small()).map((section) =>
      section.name === name ? { name, payload: change(Uint8Array.from(section.payload)) } : section,
    ),
  );
}

describe("Machine.load on a file that is not whole and sound", () => {
  const file = small();

  it("refuses every file that ends too early", () => {
    const codes = new Set<string>();
    for (let length = 0; length < file.length; length++) codes.add(refusal(file.subarray(0, length)));
    expect([...codes].sort()).toEqual(["machine-state/foreign", "machine-state/truncated"]);
    expect(refusal(file.subarray(0, 0))).toBe("machine-state/foreign");
    expect(refusal(file.subarray(0, 4))).toBe("machine-state/truncated");
  });

  it("refuses a file with any byte changed", () => {
    const copy = Uint8Array.from(file);
    const codes = new Set<string>();
    for (let at = 0; at < copy.length; at++) {
      // Each byte gets another mask, so that all bits are hit.
      const mask = 1 << (at & 7);
      copy[at]! ^= mask;
      codes.add(refusal(copy));
      copy[at]! ^= mask;
    }
    expect([...codes].sort()).toEqual(["machine-state/damaged", "machine-state/foreign"]);
    expect(refusal(copy)).toBe("loaded");
  });

  it("refuses bytes after the end", () => {
    expect(refusal(Uint8Array.from([...file, 0]))).toBe("machine-state/damaged");
  });

  it("refuses other kinds of files, and what are no bytes", () => {
    expect(refusal(new Uint8Array(file.length))).toBe("machine-state/foreign");
    expect(refusal(Uint8Array.from("#!/bin/sh\n", (c) => c.charCodeAt(0)))).toBe("machine-state/foreign");
    for (const wrong of [undefined, null, 7, "file", file.buffer]) expect(refusal(wrong)).toBe("machine-state/foreign");
  });

  it("tells a newer version from a damaged file", () => {
    const newer = Uint8Array.from(file);
    const data = new DataView(newer.buffer);
    data.setUint32(8, STATE_VERSION + 1, true);
    data.setUint32(24, crc32(newer, 0, 24), true);
    expect(refusal(newer)).toBe("machine-state/newer");
    data.setUint32(8, 0, true);
    data.setUint32(24, crc32(newer, 0, 24), true);
    expect(refusal(newer)).toBe("machine-state/damaged");
  });

  it("reads a file that lies inside a larger buffer", () => {
    const larger = new Uint8Array(file.length + 100);
    larger.set(file, 33);
    expect(refusal(larger.subarray(33, 33 + file.length))).toBe("loaded");
  });
});

describe("Machine.load on a file whose checksums are right", () => {
  it("refuses sections that are missing, doubled, too many or in another order", () => {
    const sections = unpackSections(small());
    for (let i = 0; i < sections.length; i++)
      expect(refusal(packSections(sections.filter((_, j) => j !== i)))).toBe("machine-state/damaged");
    expect(refusal(packSections([...sections, sections[0]!]))).toBe("machine-state/damaged");
    expect(refusal(packSections([...sections].reverse()))).toBe("machine-state/damaged");
    expect(refusal(packSections([]))).toBe("machine-state/damaged");
  });

  it("refuses sections that are too short or too long", () => {
    for (const { name } of unpackSections(small())) {
      const shorter = withSection(name, (payload) => payload.subarray(0, payload.length - 1));
      expect([name, refusal(shorter)]).toEqual([name, "machine-state/damaged"]);
      const longer = withSection(name, (payload) => Uint8Array.from([...payload, 0]));
      expect([name, refusal(longer)]).toEqual([name, "machine-state/damaged"]);
    }
  });

  it("refuses values that no machine has, and never does anything else", () => {
    for (const { name, payload } of unpackSections(new Pc().machine.save())) {
      if (name === "RAM ") continue;
      const codes = new Set<string>();
      for (let at = 0; at < payload.length; at++)
        codes.add(
          refusal(
            withSection(name, (bytes) => {
              bytes[at] = 0xff;
              return bytes;
            }),
          ),
        );
      codes.delete("loaded");
      codes.delete("machine-state/damaged");
      expect([name, [...codes]]).toEqual([name, []]);
    }
  });

  it("refuses pages outside of RAM, and pages twice", () => {
    const outside = withSection("RAM ", (payload) => {
      new DataView(payload.buffer).setUint32(4, MIB / 4096, true);
      return payload;
    });
    expect(refusal(outside)).toBe("machine-state/damaged");
    const twice = withSection("RAM ", (payload) => {
      const doubled = Uint8Array.from([...payload, ...payload.subarray(4)]);
      doubled[0] = 2;
      return doubled;
    });
    expect(refusal(twice)).toBe("machine-state/damaged");
  });

  it("leaves the caller's buffer alone when a section is refused", () => {
    const memory = new ArrayBuffer(MIB);
    new Uint8Array(memory).fill(0x5a);
    const broken = withSection("PORT", (payload) => payload.fill(0xff));
    expect(() => Machine.load(broken, { memory })).toThrow(MachineStateError);
    expect(new Uint8Array(memory).every((byte) => byte === 0x5a)).toBe(true);
  });
});
