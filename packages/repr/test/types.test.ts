/** What holds for every type. */
import { LinearMemory } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReprError } from "../src/index.ts";
import { samples } from "./samples.ts";

const AT = 64;

function memory(): LinearMemory {
  const made = new LinearMemory(new ArrayBuffer(256));
  made.fill(0, 0xa5, 256);
  return made;
}

function bytesOf(from: LinearMemory): Uint8Array {
  const bytes = new Uint8Array(256);
  from.readBytes(0, bytes);
  return bytes;
}

describe.each(samples.map((sample) => [sample.type.name, sample] as const))(
  "%s",
  (_, { type, layout, values, wrong }) => {
    it("has Rust's layout", () => {
      expect([type.size, type.align]).toEqual(layout);
    });

    it("gives back what was written, through memory and through views, and touches its own bytes only", () => {
      fc.assert(
        fc.property(values, (value) => {
          const m = memory();
          type.write(m, AT, value);
          expect(type.read(m, AT)).toEqual(value);
          const after = bytesOf(m);
          expect(after.subarray(0, AT).every((byte) => byte === 0xa5)).toBe(true);
          expect(after.subarray(AT + type.size).every((byte) => byte === 0xa5)).toBe(true);
          if (type.readAt === undefined || type.writeAt === undefined) return;
          const { views } = m.window(0, true);
          expect(type.readAt(views, AT)).toEqual(value);
          type.writeAt(views, AT + 32, value);
          expect(type.read(m, AT + 32)).toEqual(value);
        }),
        { numRuns: 100 },
      );
    });

    it("orders its values totally", () => {
      fc.assert(
        fc.property(values, values, values, (a, b, c) => {
          expect(type.compare(a, a)).toBe(0);
          expect(Math.sign(type.compare(a, b))).toBe(-Math.sign(type.compare(b, a)) + 0);
          const [x, y, z] = [a, b, c].sort((left, right) => type.compare(left, right));
          expect(type.compare(x, y)).toBeLessThanOrEqual(0);
          expect(type.compare(x, z)).toBeLessThanOrEqual(0);
        }),
        { numRuns: 100 },
      );
    });

    it.each(wrong.map((value) => [value]))("refuses %s, and writes nothing", (value) => {
      const m = memory();
      const before = bytesOf(m);
      expect(() => type.write(m, AT, value)).toThrow(ReprError);
      expect(bytesOf(m)).toEqual(before);
      if (type.check !== undefined) expect(() => type.check!(value)).toThrow(ReprError);
      if (type.writeAt === undefined) return;
      expect(() => type.writeAt!(m.window(0, true).views, AT, value)).toThrow(ReprError);
      expect(bytesOf(m)).toEqual(before);
    });
  },
);
