import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Layout, LayoutError, MAX_SIZE } from "../src/index.ts";

const wrongSizes = [-1, 0.5, NaN, Infinity, -Infinity, 2 ** 53, "8", null, undefined, 8n, {}];
const wrongAligns = [0, -8, 3, 6, 0.5, NaN, Infinity, 2 ** 53 + 2, "8", null, undefined, 8n];

const aligns = fc.integer({ min: 0, max: 40 }).map((power) => 2 ** power);
const layouts = fc.tuple(fc.nat(1e9), aligns).map(([size, align]) => Layout.fromSizeAlign(size, align));

describe("Layout.fromSizeAlign", () => {
  it.each(wrongSizes)("refuses the size %s", (size) => {
    expect(() => Layout.fromSizeAlign(size as number, 8)).toThrow(
      expect.objectContaining({ code: "layout/size", value: size }),
    );
  });

  it.each(wrongAligns)("refuses the alignment %s", (align) => {
    expect(() => Layout.fromSizeAlign(8, align as number)).toThrow(
      expect.objectContaining({ code: "layout/align", value: align }),
    );
  });

  it("takes the largest size that can be rounded up to the alignment, and none larger", () => {
    expect(Layout.fromSizeAlign(MAX_SIZE, 1).size).toBe(MAX_SIZE);
    expect(Layout.fromSizeAlign(MAX_SIZE - 4095, 4096).padToAlign().size % 4096).toBe(0);
    expect(() => Layout.fromSizeAlign(MAX_SIZE - 4094, 4096)).toThrow(LayoutError);
    expect(Layout.fromSizeAlign(0, 2 ** 52).align).toBe(2 ** 52);
  });

  it("knows no −0", () => {
    expect(Object.is(Layout.fromSizeAlign(-0, 1).size, 0)).toBe(true);
  });
});

describe("Layout.new and Layout.array", () => {
  it("take a type's size and alignment, and check them", () => {
    expect(Layout.new({ size: 12, align: 4 }).equals({ size: 12, align: 4 })).toBe(true);
    expect(Layout.array({ size: 12, align: 4 }, 10).equals({ size: 120, align: 4 })).toBe(true);
    expect(Layout.array({ size: 0, align: 1 }, MAX_SIZE).size).toBe(0);
    expect(() => Layout.array({ size: 0.5, align: 8 }, 2)).toThrow(LayoutError);
    expect(() => Layout.array({ size: 2 ** 30, align: 8 }, 2 ** 30)).toThrow(LayoutError);
  });

  it.each([undefined, null, 5, "u32", {}, { size: 4 }, { size: "4", align: 4 }, { size: 4n, align: 4n }])(
    "refuse %s as a type",
    (type) => {
      const none = type as unknown as Layout; // a caller without types
      for (const make of [
        () => Layout.new(none),
        () => Layout.array(none, 2),
        () => Layout.fromSizeAlign(4, 4).extend(none),
        () => Layout.fromSizeAlign(4, 4).extendPacked(none),
      ])
        expect(make).toThrow(LayoutError);
    },
  );

  it.each(wrongSizes)("refuse %s as count", (count) => {
    expect(() => Layout.array({ size: 4, align: 4 }, count as number)).toThrow(LayoutError);
  });
});

describe("alignTo", () => {
  it("raises the alignment, and never lowers it", () => {
    expect(Layout.fromSizeAlign(9, 4).alignTo(16)).toMatchObject({ size: 9, align: 16 });
    expect(Layout.fromSizeAlign(9, 16).alignTo(4)).toMatchObject({ size: 9, align: 16 });
    expect(() => Layout.fromSizeAlign(9, 4).alignTo(3)).toThrow(LayoutError);
  });
});

describe("paddingNeededFor, padToAlign, repeat, repeatPacked", () => {
  it("round up", () => {
    fc.assert(
      fc.property(layouts, aligns, fc.nat(1000), (layout, align, count) => {
        const padding = layout.paddingNeededFor(align);
        expect(padding).toBeGreaterThanOrEqual(0);
        expect(padding).toBeLessThan(align);
        expect((layout.size + padding) % align).toBe(0);
        const padded = layout.padToAlign();
        expect(padded.size).toBe(layout.size + layout.paddingNeededFor(layout.align));
        if (count * padded.size > 2 ** 52) return;
        const { layout: joint, stride } = layout.repeat(count);
        expect([stride, joint.size, joint.align]).toEqual([padded.size, count * stride, layout.align]);
        expect(layout.repeatPacked(count).size).toBe(count * layout.size);
      }),
    );
  });
});

describe("extend", () => {
  it("puts the next behind, at its alignment, without padding the tail", () => {
    fc.assert(
      fc.property(layouts, layouts, (head, next) => {
        const { layout, offset } = head.extend(next);
        expect(offset % next.align).toBe(0);
        expect(offset).toBeGreaterThanOrEqual(head.size);
        expect(offset - head.size).toBeLessThan(next.align);
        expect([layout.size, layout.align]).toEqual([offset + next.size, Math.max(head.align, next.align)]);
        const packed = head.extendPacked(next);
        expect([packed.size, packed.align]).toEqual([head.size + next.size, head.align]);
      }),
    );
  });

  it("lays a C struct out as repr(C) does", () => {
    const fields = [Layout.fromSizeAlign(1, 1), Layout.fromSizeAlign(4, 4), Layout.fromSizeAlign(2, 2)];
    let struct = Layout.fromSizeAlign(0, 1);
    const offsets = fields.map((field) => {
      const { layout, offset } = struct.extend(field);
      struct = layout;
      return offset;
    });
    expect(offsets).toEqual([0, 4, 8]);
    expect(struct.padToAlign()).toMatchObject({ size: 12, align: 4 });
  });

  it("refuses what is no layout, and sums that are too large", () => {
    const layout = Layout.fromSizeAlign(4, 4);
    expect(() => layout.extend({ size: 1, align: 3 })).toThrow(expect.objectContaining({ code: "layout/align" }));
    expect(() => Layout.fromSizeAlign(MAX_SIZE, 1).extend(Layout.fromSizeAlign(1, 1))).toThrow(LayoutError);
    expect(() => Layout.fromSizeAlign(MAX_SIZE, 1).extendPacked(Layout.fromSizeAlign(1, 1))).toThrow(LayoutError);
    expect(layout.equals(undefined as unknown as Layout)).toBe(false);
    // The padding alone would lead beyond the largest size.
    const tooLarge = expect.objectContaining({ name: "LayoutError", code: "layout/size" }) as LayoutError;
    expect(() => Layout.fromSizeAlign(MAX_SIZE - 1, 1).extend({ size: 0, align: 4096 })).toThrow(tooLarge);
    expect(() => Layout.fromSizeAlign(MAX_SIZE - 1, 1).paddingNeededFor(4096)).toThrow(tooLarge);
  });
});

describe("toString", () => {
  it("prints as the post does", () => {
    expect(String(Layout.fromSizeAlign(4, 4))).toBe("Layout { size_: 4, align_: 4 }");
  });
});
