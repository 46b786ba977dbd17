/**
 * The pictures that the READMEs show. To draw them again: `npx vitest run test/pictures.test.ts -u` in this folder.
 */
import { describe, expect, it } from "vitest";
import { commandLine } from "./host.ts";

describe("pictures", () => {
  it.each([
    ["screen.svg", "draw screen"],
    ["page-fault.svg", "draw screen --skip-mapping"],
    ["heap.svg", "draw heap"],
    ["heap-dark.svg", "draw heap --theme dark"],
    ["pages.svg", "draw pages --after kernel-heap/map"],
    ["pages-dark.svg", "draw pages --after kernel-heap/map --theme dark"],
    ["stack.svg", "draw stack"],
    ["stack-dark.svg", "draw stack --theme dark"],
  ])("%s is what `kernel %s` draws", async (file, words) => {
    const { status, out } = await commandLine(words);
    expect(status).toBe(0);
    await expect(out).toMatchFileSnapshot(`../pictures/${file}`);
  });
});
