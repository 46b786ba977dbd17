/** Chapter 5: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, played, screenOf } from "./playing.ts";

describe("chapter interface", () => {
  const steps = played("interface");
  const serial = (step: string): string[] =>
    of("serial", steps.get(step)).flatMap(({ text }) => text.trimEnd().split("\n"));

  it("calls the four methods", () => {
    expect(serial("by-hand")).toEqual([
      "alloc 24 8 → 0x444444440000",
      "alloc_zeroed 24 8 → 0x444444440018",
      "realloc 0x444444440000 24 8 48 → 0x444444440030",
      "dealloc 0x444444440030 48 8",
      "dealloc 0x444444440018 24 8",
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
    expect(serial("defaults")).toEqual([
      "alloc(24, 8) → 0x444444440000",
      "alloc(48, 8) → 0x444444440018",
      "dealloc(0x444444440000, 24, 8)",
      "dealloc(0x444444440018, 48, 8)",
    ]);
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
