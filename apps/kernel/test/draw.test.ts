/** `kernel draw`: what the pictures say, and the command around them. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { textBounds, type Picture, type TextShape } from "../src/draw/picture.ts";
import { svg } from "../src/draw/svg.ts";
import { THEMES } from "../src/draw/theme.ts";
import { addressText, bytesText, label } from "../src/draw/words.ts";
import type { HeapMap } from "../src/tour/heap-map.ts";
import { pictureOf } from "../src/host/draw/draw.ts";
import { momentOf, momentOfTour, type SubjectName } from "../src/host/draw/moment.ts";
import { chapters } from "../src/chapters/index.ts";
import { play } from "../src/tour/play.ts";
import { commandLine } from "./host.ts";
import { pixelsOf } from "./pixels.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "kmem-draw-"))));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a picture says, from the top down. */
function textsOf({ shapes }: Picture): string[] {
  return shapes.filter((shape): shape is TextShape => shape.kind === "text").map(({ text }) => text);
}

function drawn(subject: SubjectName, place: string): Picture {
  return pictureOf(momentOfTour(subject, place), THEMES.light);
}

describe("kernel draw heap", () => {
  it("has the addresses and sizes of the heap's blocks and holes", async () => {
    const { out } = await commandLine("draw heap");
    for (const text of ["0x4444_4444_0000", "0x4444_4444_0048", "0x4444_4444_0800", "0x4444_4444_1000"])
      expect(out).toContain(`>${text}</text>`);
    for (const bytes of ["72", "1,976", "2,048", "98,304"]) expect(out).toContain(`>${bytes} bytes</text>`);
    expect(out).toContain("2,120 of 102,400 bytes in blocks; 2 holes, the largest of 98,304 bytes");
  });

  it("has every block and hole that the heap's own walk finds, at any size of heap", async () => {
    for (const size of [8192, 65536]) {
      const { out } = await commandLine(`draw heap --heap-size ${size}`);
      const words = `inspect heap --json --heap-size ${size}`;
      const { heap } = JSON.parse((await commandLine(words)).out) as { heap: { map: HeapMap }[] };
      const { pieces } = heap[0]!.map;
      expect(pieces.length).toBeGreaterThan(2);
      for (const { at, size: bytes } of pieces) {
        expect(out).toContain(`>${addressText(at)}</text>`);
        expect(out).toContain(`>${bytesText(bytes)}</text>`);
      }
    }
  });

  it("names what a step of the tour has put there", () => {
    expect(textsOf(drawn("heap", "dynamic-memory/pictures"))).toContain("After deallocate");
  });
});

describe("kernel draw pages", () => {
  it("leads from CR3 to the heap's pages", () => {
    const texts = textsOf(drawn("pages", "kernel-heap/map"));
    for (const text of [
      "level 4 table at 0x1000",
      "[136] level 3 table at 0x2_2000",
      "[273] level 2 table at 0x2_3000",
      "[34] level 1 table at 0x2_4000",
      "[64] page at 0x2_1000",
      "[65…88] 24 pages at 0x2_5000",
    ])
      expect(texts).toContain(text);
  });
});

describe("kernel draw stack", () => {
  it("has the words of the frames, and what was popped below RSP", () => {
    const texts = textsOf(drawn("stack", "1"));
    for (const text of ["outer", "inner", "return address", "x", "7", "z", "RSP"]) expect(texts).toContain(text);
  });
});

describe("every picture of the tour", () => {
  const all = chapters.flatMap((chapter) =>
    [...play(chapter, "en")].flatMap((event) => {
      const moment = momentOf(event);
      return moment === undefined || moment.kind === "screen"
        ? []
        : [[`${chapter.name}: ${moment.title}`, pictureOf(moment, THEMES.light)] as const];
    }),
  );

  it("is drawn", () => expect(all.length).toBeGreaterThan(4));

  it.each(all)("%s: its texts lie inside, and apart", (_, { width, height, shapes }) => {
    const boxes = shapes.filter((shape): shape is TextShape => shape.kind === "text").map(textBounds);
    for (const [i, box] of boxes.entries()) {
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(width);
      expect(box.y + box.height).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(i + 1)) {
        const apart =
          other.x >= box.x + box.width ||
          box.x >= other.x + other.width ||
          other.y >= box.y + box.height ||
          box.y >= other.y + other.height;
        expect(apart, JSON.stringify([box, other])).toBe(true);
      }
    }
  });
});

describe("svg", () => {
  it("escapes what XML keeps for itself, and replaces what it cannot hold", () => {
    const text = label(0, 10, '<a & "b">\0\u001b\ud800', "#000000");
    const picture = { width: 9, height: 9, title: "1 < 2", background: "#ffffff", shapes: [text] };
    expect(svg(picture)).toContain(">&lt;a &amp; &quot;b&quot;&gt;\ufffd\ufffd\ufffd</text>");
    expect(svg(picture)).toContain("<title>1 &lt; 2</title>");
  });
});

describe("kernel draw", () => {
  it.each(["svg", "png"])("writes the same bytes each time, as %s", async (extension) => {
    const [first, second] = [join(folder, `first.${extension}`), join(folder, `second.${extension}`)];
    await commandLine(`draw heap --out ${first}`);
    await commandLine(`draw heap --out ${second}`);
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  });

  it("scales", async () => {
    const out = join(folder, "scaled.png");
    await commandLine(`draw screen --scale 2 --out ${out}`);
    const { width, height } = pixelsOf(out);
    expect([width, height]).toEqual([1440, 800]);
  });

  it("is dark where asked", async () => {
    const out = join(folder, "dark.png");
    await commandLine(`draw heap --theme dark --out ${out}`);
    expect(pixelsOf(out).at(0, 0)).toBe(0x0d1117);
  });

  it("draws a machine that was saved", async () => {
    const saved = join(folder, "machine.kmem");
    await commandLine(`inspect --save ${saved}`);
    const { out } = await commandLine(`draw heap --load ${saved}`);
    expect(out).toContain("The heap at the end of machine.kmem");
    expect(out).toContain(">1,976 bytes</text>");
  });

  it.each([
    ["draw", /subject/],
    ["draw teapot", /there is no "teapot" to draw; there are heap, pages, stack, screen/],
    ["draw heap --out picture.gif", /expected a name that ends in \.svg or \.png/],
    ["draw heap --out picture", /expected a name that ends in \.svg or \.png/],
    ["draw heap --out missing/picture.svg", /there is no folder .*missing/],
    ["draw heap --theme pink", /light, dark/],
    ["draw heap --scale 0", /from 0\.25 to 8/],
    ["draw heap --scale x", /from 0\.25 to 8/],
    ["draw heap --after nothing", /there is no chapter "nothing"/],
    ["draw heap --after dynamic-memory/nothing", /has no step "nothing"/],
    ["draw stack --after kernel-heap", /the tour draws no stack/],
    ["draw heap --after 2 --heap-size 16", /"--heap-size" has no meaning here/],
    ["draw stack my-kernel.ts", /"my-kernel\.ts" has no meaning here/],
    ["draw heap --load missing.kmem", /there is no such file/],
    ["draw heap --after 2 --load x", /cannot be used with/],
    ["draw heap missing.ts", /there is no file "missing\.ts"/],
    ["draw heap --allocator dummy --skip-mapping", /has no heap/],
    ["draw heap --heap-size 1GiB", /larger than the memory/],
  ])("refuses `%s` in one line, and writes nothing", async (words, told) => {
    const inside = join(folder, "refused");
    mkdirSync(inside, { recursive: true });
    const [first = "", ...rest] = words.split(" --out ");
    const command = `${first} --out ${join(inside, rest[0] ?? "picture.svg")}`;
    const { status, out, err } = await commandLine(words === "draw" ? words : command);
    expect(status).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(told);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(readdirSync(inside)).toEqual([]);
  });

  it("leaves a file alone when it is refused", async () => {
    const out = join(folder, "kept.svg");
    writeFileSync(out, "mine");
    expect((await commandLine(`draw heap --after nothing --out ${out}`)).status).toBe(2);
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect(existsSync(`${out}.tmp`)).toBe(false);
  });
});
