import { LinearMemory } from "@kmem/memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CODE_PAGE_437, PortBus, VGA_TEXT_ADDRESS, VGA_TEXT_SIZE, VgaTextBuffer } from "../../src/index.ts";

interface Screen {
  readonly memory: LinearMemory;
  readonly bus: PortBus;
  readonly vga: VgaTextBuffer;
}

function screen(): Screen {
  const memory = new LinearMemory(new ArrayBuffer(VGA_TEXT_SIZE), { base: VGA_TEXT_ADDRESS });
  const vga = new VgaTextBuffer(memory);
  const bus = new PortBus();
  vga.attachTo(bus);
  return { memory, vga, bus };
}

function crtc(bus: PortBus, index: number, value: number): void {
  bus.writeU8(0x3d4, index);
  bus.writeU8(0x3d5, value);
}

function attribute(bus: PortBus, index: number, value: number): void {
  bus.readU8(0x3da);
  bus.writeU8(0x3c0, index | 0x20);
  bus.writeU8(0x3c0, value);
}

describe("VgaTextBuffer", () => {
  it("shows the cells in memory, row by row", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(24), fc.nat(79), fc.nat(255), fc.nat(255))), (writes) => {
        const { memory, vga } = screen();
        const expected = new Map<number, [number, number]>();
        for (const [row, column, code, attribute] of writes) {
          memory.writeU8(VGA_TEXT_ADDRESS + (row * 80 + column) * 2, code);
          memory.writeU8(VGA_TEXT_ADDRESS + (row * 80 + column) * 2 + 1, attribute);
          expected.set(row * 80 + column, [code, attribute]);
        }
        const { cells, rows } = vga.snapshot();
        expect(cells.length).toBe(2000);
        const shown = cells.map(({ code, foreground, background, blinks }) => [
          code,
          foreground | (background << 4) | (blinks ? 0x80 : 0),
        ]);
        expect(shown).toEqual(Array.from(cells, (_, index) => expected.get(index) ?? [0, 0]));
        const text = rows.map((row) => row.padEnd(80)).join("");
        expect(text).toBe(shown.map(([code]) => CODE_PAGE_437[code!]!).join(""));
      }),
      { numRuns: 30 },
    );
  });

  it("gives rows as text without the blanks at their ends", () => {
    const { memory, vga } = screen();
    for (let cell = 0; cell < 2000; cell++) memory.writeU16(VGA_TEXT_ADDRESS + cell * 2, 0x0e20);
    for (const [i, character] of Array.from("  It did not crash!").entries())
      memory.writeU8(VGA_TEXT_ADDRESS + 24 * 160 + i * 2, character.charCodeAt(0));
    const rows = vga.rows();
    expect(rows.length).toBe(25);
    expect(rows[24]).toBe("  It did not crash!");
    expect(rows.slice(0, 24).every((row) => row === "")).toBe(true);
    expect(vga.snapshot().rows).toEqual(rows);
  });

  it("has the colours of a VGA", () => {
    const { vga } = screen();
    expect(vga.snapshot().palette).toEqual([
      0x000000, 0x0000aa, 0x00aa00, 0x00aaaa, 0xaa0000, 0xaa00aa, 0xaa5500, 0xaaaaaa, 0x555555, 0x5555ff, 0x55ff55,
      0x55ffff, 0xff5555, 0xff55ff, 0xffff55, 0xffffff,
    ]);
  });

  it("has 16 background colours once blinking is off", () => {
    const { memory, vga, bus } = screen();
    memory.writeU8(VGA_TEXT_ADDRESS + 1, 0xf1);
    expect(vga.snapshot().cells[0]).toMatchObject({ foreground: 1, background: 7, blinks: true });
    attribute(bus, 0x10, 0x04);
    expect(vga.snapshot().cells[0]).toMatchObject({ foreground: 1, background: 15, blinks: false });
    bus.readU8(0x3da);
    bus.writeU8(0x3c0, 0x30);
    expect([bus.readU8(0x3c0), bus.readU8(0x3c1)]).toEqual([0x30, 0x04]);
  });

  it("takes colours from the DAC through the palette", () => {
    const { vga, bus } = screen();
    bus.writeU8(0x3c8, 0x14);
    for (const part of [0x3f, 0x20, 0xff]) bus.writeU8(0x3c9, part);
    expect(vga.snapshot().palette[6]).toBe(0xff82ff);
    attribute(bus, 0x06, 0x3f);
    expect(vga.snapshot().palette[6]).toBe(0xffffff);
    bus.writeU8(0x3c7, 0x14);
    expect([0, 1, 2].map(() => bus.readU8(0x3c9))).toEqual([0x3f, 0x20, 0x3f]);
    expect([bus.readU8(0x3c7), bus.readU8(0x3c8)]).toEqual([3, 0x15]);
    bus.writeU8(0x3c6, 0x0f);
    expect([bus.readU8(0x3c6), bus.readU8(0x3c7)]).toEqual([0x0f, 3]);
    bus.writeU8(0x3c8, 255);
    for (let i = 0; i < 6; i++) bus.writeU8(0x3c9, i);
    expect([bus.readU8(0x3c8), bus.readU8(0x3c7)]).toEqual([1, 0]);
  });

  it("shows the cursor where the CRT controller has it", () => {
    const { vga, bus } = screen();
    expect(vga.snapshot().cursor).toEqual({ row: 0, column: 0, firstLine: 13, lastLine: 14 });
    const cell = 24 * 80 + 17;
    crtc(bus, 0x0e, cell >> 8);
    crtc(bus, 0x0f, cell & 0xff);
    crtc(bus, 0x0a, 0x00);
    crtc(bus, 0x0b, 0x0f);
    expect(vga.snapshot().cursor).toEqual({ row: 24, column: 17, firstLine: 0, lastLine: 15 });
    expect([bus.readU8(0x3d4), bus.readU8(0x3d5)]).toEqual([0x0b, 0x0f]);
    crtc(bus, 0x0a, 0x20);
    expect(vga.snapshot().cursor).toBeUndefined();
    crtc(bus, 0x0a, 0x0f);
    crtc(bus, 0x0b, 0x0e);
    expect(vga.snapshot().cursor).toBeUndefined();
    crtc(bus, 0x0b, 0x0f);
    crtc(bus, 0x0e, 0x10);
    expect(vga.snapshot().cursor).toBeUndefined();
  });

  it("scrolls by its start address, around the end of its memory", () => {
    const { memory, vga, bus } = screen();
    const lastRow = VGA_TEXT_ADDRESS + VGA_TEXT_SIZE - 160;
    memory.writeU8(lastRow, 0x41);
    memory.writeU8(VGA_TEXT_ADDRESS, 0x42);
    const start = VGA_TEXT_SIZE / 2 - 80;
    crtc(bus, 0x0c, start >> 8);
    crtc(bus, 0x0d, start & 0xff);
    expect(vga.rows().slice(0, 3)).toEqual(["A", "B", ""]);
    expect(vga.snapshot().cursor).toBeUndefined();
    crtc(bus, 0x0e, (start + 81) >> 8);
    crtc(bus, 0x0f, (start + 81) & 0xff);
    expect(vga.snapshot().cursor).toMatchObject({ row: 1, column: 1 });
  });

  it("follows the distance of rows", () => {
    const { memory, vga, bus } = screen();
    memory.writeU8(VGA_TEXT_ADDRESS + 256, 0x43);
    crtc(bus, 0x13, 64);
    expect(vga.rows()[1]).toBe("C");
    crtc(bus, 0x13, 0);
    expect(vga.snapshot().cursor).toBeUndefined();
  });

  it("protects the timing registers, as the BIOS asks", () => {
    const { bus } = screen();
    crtc(bus, 0x01, 0xff);
    expect(bus.readU8(0x3d5)).toBe(0x4f);
    crtc(bus, 0x07, 0xef);
    expect(bus.readU8(0x3d5)).toBe(0x0f);
    crtc(bus, 0x11, 0x0e);
    crtc(bus, 0x01, 0x27);
    expect(bus.readU8(0x3d5)).toBe(0x27);
    crtc(bus, 0x1f, 1);
    expect(bus.readU8(0x3d5)).toBe(0);
  });

  it("lets who waits for the retrace go on", () => {
    const { bus } = screen();
    const seen = new Set([1, 2, 3, 4].map(() => bus.readU8(0x3da) & 8));
    expect(seen).toEqual(new Set([0, 8]));
    bus.writeU8(0x3da, 0xff);
    bus.writeU8(0x3c1, 0xff);
    expect(bus.readU8(0x3c1)).toBe(0);
  });

  it("reads its memory wherever that is", () => {
    const memory = new LinearMemory(new ArrayBuffer(VGA_TEXT_SIZE));
    memory.writeU8(0, 0x21);
    expect(new VgaTextBuffer(memory, 0).rows()[0]).toBe("!");
  });
});

describe("CODE_PAGE_437", () => {
  it("has one UTF-16 unit for each of 256 codes, all different but for the two blanks", () => {
    expect(CODE_PAGE_437.length).toBe(256);
    expect(new Set(CODE_PAGE_437).size).toBe(255);
    for (let code = 0x20; code < 0x7f; code++) expect(CODE_PAGE_437[code]).toBe(String.fromCharCode(code));
  });

  it("has its landmarks where the standard puts them", () => {
    const at = (code: number): string => CODE_PAGE_437[code]!;
    expect([0x01, 0x0e, 0x1f, 0x7f, 0x80, 0xb0, 0xc9, 0xdb, 0xe0, 0xe3, 0xfe, 0xff].map(at)).toEqual([
      "☺",
      "♫",
      "▼",
      "⌂",
      "Ç",
      "░",
      "╔",
      "█",
      "α",
      "π",
      "■",
      "\u00a0",
    ]);
  });
});
