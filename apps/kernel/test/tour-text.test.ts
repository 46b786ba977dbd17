/** The tour in a terminal: widths, languages, keys. */
import { PassThrough } from "node:stream";
import { Chalk } from "chalk";
import stringWidth from "string-width";
import { describe, expect, it } from "vitest";
import { chapters } from "../src/chapters/index.ts";
import { TourKeys } from "../src/host/tour-keys.ts";
import { eventText } from "../src/host/tour-text.ts";
import { wrapText } from "../src/host/wrap.ts";
import type { Language, TourEvent } from "../src/tour/chapter.ts";
import { play } from "../src/tour/play.ts";

const chalk = new Chalk({ level: 0 });

describe("eventText", () => {
  const languages: readonly Language[] = ["en", "zh"];
  const told = languages.map((language) => {
    const events: TourEvent[] = [];
    for (const chapter of chapters) events.push(...play(chapter, language));
    return [language, events] as const;
  });

  it.each([60, 100, 200])("fits into %i columns, whatever is shown", (width) => {
    for (const [language, events] of told)
      for (const event of events)
        for (const line of eventText(event, { width, chalk, language }).split("\n"))
          // The address of a section is not cut.
          if (!line.startsWith("https://")) expect(stringWidth(line), line).toBeLessThanOrEqual(width);
  });

  it("draws in the chosen language", () => {
    const drawing = /\b(hole|argument|return address|popped|table|pages?|bytes in blocks)\b/;
    for (const [language, events] of told) {
      const drawn = events
        .filter(({ kind }) => kind === "heap" || kind === "stack" || kind === "pages")
        .map((event) => eventText(event, { width: 100, chalk, language }));
      expect(drawn.length).toBeGreaterThan(30);
      if (language === "en") expect(drawn.join("\n")).toMatch(drawing);
      else expect(drawn.join("\n")).not.toMatch(drawing);
    }
  });

  it("draws a short heap whole, and of a long one the start", () => {
    const heap = (used: number, size: number): string[] => {
      const pieces = [
        { kind: "block", at: 0, size: used } as const,
        { kind: "hole", at: used, size: size - used } as const,
      ];
      const event = { kind: "heap", title: "t", map: { start: 0, size, used, pieces } } as const;
      return eventText(event, { width: 44, chalk }).split("\n").slice(2);
    };
    expect(heap(60, 100)[0]).toBe(`  ${"█".repeat(24)}${"░".repeat(16)}`);
    expect(heap(26, 1000)[0]).toBe(`  ${"█".repeat(26)}${"░".repeat(13)}…`);
    expect(heap(26, 1000)[3]).toBe("  26 of 1000 bytes in blocks; the bar is the first 39");
  });

  it("breaks a node of a page table beside its branches", () => {
    const leaf = { level: 1, count: 1, address: 0x1000, physical: 0x2000, flags: "PRESENT | WRITABLE", children: [] };
    const nodes = [
      { ...leaf, index: 1 },
      { ...leaf, index: 2 },
    ];
    const text = eventText({ kind: "pages", title: "t", tree: { table: 0x1000, nodes } }, { width: 44, chalk });
    expect(text.split("\n").slice(3)).toEqual([
      "  ├─ [1] 0x1000 → page at 0x2000  PRESENT |",
      "  │  WRITABLE",
      "  └─ [2] 0x1000 → page at 0x2000  PRESENT |",
      "     WRITABLE",
    ]);
  });
});

describe("wrapText", () => {
  it("keeps everything but blanks at line ends, and no line is too wide", () => {
    const texts = chapters.flatMap(({ steps }) => steps.flatMap(({ text }) => [text.en, text.zh]));
    for (const text of texts)
      for (let width = 8; width <= 60; width += 4) {
        const lines = wrapText(text, width);
        expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      }
  });

  it("breaks between words and between Chinese characters, with their marks", () => {
    expect(wrapText("one two three", 8)).toEqual(["one two", "three"]);
    expect(wrapText("把盒子取回来（fromRaw）。", 16)).toEqual(["把盒子取回来", "（fromRaw）。"]);
    expect(wrapText("堆是内存，栈也是", 8)).toEqual(["堆是内", "存，栈也", "是"]);
    expect(wrapText("abcdefghij", 4, "  ")).toEqual(["abcd", "  ef", "  gh", "  ij"]);
  });
});

describe("TourKeys", () => {
  it("takes a pipe character by character, and ends with it", async () => {
    const input = new PassThrough();
    const keys = new TourKeys(input);
    input.write("xq");
    expect([await keys.next(), await keys.next()]).toEqual(["x", "q"]);
    input.end();
    expect([await keys.next(), await keys.next()]).toEqual([undefined, undefined]);
  });

  it("takes a terminal's key as one, and makes it raw while it waits only", async () => {
    const raw: boolean[] = [];
    const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
    const keys = new TourKeys(terminal);
    expect(raw).toEqual([]);
    const next = keys.next();
    expect(raw).toEqual([true]);
    terminal.write("\x1b[C");
    expect(await next).toBe("\x1b[C");
    expect(raw).toEqual([true, false]);
  });
});
