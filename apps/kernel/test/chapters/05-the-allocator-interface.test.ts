/** Chapter 5: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, played, screenOf } from "./playing.ts";

describe("chapter interface", () => {
  const steps = played("interface");
  const serial = (step: string): string[] =>
    of("serial", steps.get(step)).flatMap(({ text }) => text.trimEnd().split("\n"));

  it("calls the four methods", () => {
    expect(serial("by-hand").map((line) => line.split(" ")[0])).toEqual([
      "alloc",
      "alloc_zeroed",
      "realloc",
      "dealloc",
      "dealloc",
    ]);
  });

  it("grows a vector by doubling", () => {
    expect(serial("by-collection")).toEqual([
      "alloc 32 8 → 0x444444440000",
      "realloc 0x444444440000 32 8 64 → 0x444444440020",
      "realloc 0x444444440020 64 8 128 → 0x444444440060",
      "dealloc 0x444444440060 128 8",
    ]);
  });

  it("builds allocZeroed and realloc from alloc and dealloc", () => {
    expect(serial("defaults").map((line) => line.split("(")[0])).toEqual(["alloc", "alloc", "dealloc", "dealloc"]);
  });

  it("refuses no allocator, and two", () => {
    expect(facts(steps.get("none")).refused).toContain("no global memory allocator found but one is required");
    expect(facts(steps.get("two")).refused).toContain("cannot define multiple global allocators");
  });

  it("panics without memory, in the standard words or the kernel's own", () => {
    expect(screenOf(steps.get("dummy"))).toContain("allocation error: Layout { size_: 4, align_: 4 }");
    expect(screenOf(steps.get("handler"))).toContain("no room for 4 bytes, and nobody to ask");
  });
});
