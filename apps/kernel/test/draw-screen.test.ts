/** `kernel draw screen`: the pixels, read back. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CODE_PAGE_437, VGA_TEXT_ADDRESS, VGA_TEXT_SIZE, VgaTextBuffer } from "@kmem/machine";
import { LinearMemory } from "@kmem/memory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { screenPicture } from "../src/draw/screen-picture.ts";
import { glyphRows } from "../src/draw/vga-font.ts";
import { kernel } from "../src/main.ts";
import { booted, commandLine } from "./host.ts";
import { pixelsOf } from "./pixels.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kmem-draw-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads a screen's picture back: each cell by the shape of its character. */
function screenRows(file: string): string[] {
  const { at } = pixelsOf(file);
  const codes = new Map<string, number>();
  for (let code = 255; code >= 0; code--) codes.set(glyphRows(code).join(), code);
  return Array.from({ length: 25 }, (_, row) => {
    const cells = Array.from({ length: 80 }, (_, column) => {
      const lines = Array.from({ length: 16 }, (_, line) => {
        let bits = 0;
        for (let x = 0; x < 8; x++) bits = (bits << 1) | (at(column * 9 + x, row * 16 + line) === 0 ? 0 : 1);
        return bits;
      });
      return CODE_PAGE_437[codes.get(lines.join()) ?? 0]!;
    });
    return cells.join("").trimEnd();
  });
}

describe("kernel draw screen", () => {
  it("is 720 × 400 pixels that read back as the text on the screen", async () => {
    const out = join(folder, "screen.png");
    expect(await commandLine(`draw screen --out ${out}`)).toEqual({ status: 0, out: "", err: "" });
    const { width, height } = pixelsOf(out);
    expect([width, height]).toEqual([720, 400]);
    expect(screenRows(out)).toEqual(booted(kernel).screen.rows);
  });

  it("has the screen's colours, and no others", async () => {
    const out = join(folder, "colours.png");
    await commandLine(`draw screen --out ${out}`);
    const { width, height, at } = pixelsOf(out);
    const found = new Set<number>();
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) found.add(at(x, y));
    expect(found).toEqual(new Set([0x000000, 0xffff55]));
  });

  it("shows the page fault of a heap that is not mapped", async () => {
    const out = join(folder, "fault.png");
    await commandLine(`draw screen --skip-mapping --out ${out}`);
    expect(screenRows(out)).toEqual(booted(kernel, "skip-mapping").screen.rows);
    expect(screenRows(out).join("\n")).toContain("EXCEPTION: PAGE FAULT");
  });

  it("shows the screen of a step of the tour", async () => {
    const out = join(folder, "step.png");
    await commandLine(`draw screen --after kernel-heap/before --out ${out}`);
    expect(screenRows(out).join("\n")).toContain("Accessed Address: VirtAddr(0x444444440000)");
  });
});

describe("screenPicture", () => {
  const memory = new LinearMemory(new ArrayBuffer(VGA_TEXT_SIZE), { base: VGA_TEXT_ADDRESS });
  for (const [column, code] of [0x20, 0xc4, 0xdf, 0xe0, 0x41].entries())
    memory.writeU16(VGA_TEXT_ADDRESS + 2 * column, 0x1f00 + code);
  const { shapes } = screenPicture(new VgaTextBuffer(memory).snapshot());

  /** The colour of a pixel of the cells above. */
  const colorAt = (column: number, x: number, y: number): string | undefined => {
    const at = column * 9 + x;
    for (const shape of shapes)
      if (shape.kind === "pixels" && shape.rects.some((r) => r.y === y && r.x <= at && at < r.x + r.width))
        return shape.fill;
    return undefined;
  };
  const WHITE = "#ffffff";
  const BLUE = "#0000aa";

  it("draws the cursor over all nine columns of its cell, in its lines only", () => {
    expect([12, 13, 14, 15].map((line) => [colorAt(0, 0, line), colorAt(0, 8, line)])).toEqual([
      [BLUE, BLUE],
      [WHITE, WHITE],
      [WHITE, WHITE],
      [BLUE, BLUE],
    ]);
  });

  it("repeats the eighth column of the codes 0xc0 … 0xdf in the ninth, and of no others", () => {
    expect([colorAt(1, 7, 7), colorAt(1, 8, 7)]).toEqual([WHITE, WHITE]);
    expect([colorAt(2, 7, 0), colorAt(2, 8, 0)]).toEqual([WHITE, WHITE]);
    for (const column of [3, 4]) for (let line = 0; line < 16; line++) expect(colorAt(column, 8, line)).toBe(BLUE);
  });
});

describe("glyphRows", () => {
  it("has the bytes of the VGA BIOS's font", () => {
    const hash = createHash("sha256");
    for (let code = 0; code < 256; code++) hash.update(glyphRows(code));
    expect(hash.digest("hex")).toBe("c7dd5990fa5401649cf69e9bbb4c8a51f86865939b9318281a27de7f314eda3a");
  });
});
