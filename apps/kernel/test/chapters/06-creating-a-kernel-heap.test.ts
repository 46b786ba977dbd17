/** Chapter 6: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, type Of, played, screenOf } from "./playing.ts";

describe("chapter kernel-heap", () => {
  const steps = played("kernel-heap");

  it("faults before the mapping", () => {
    expect(screenOf(steps.get("before"))).toContain("Accessed Address: VirtAddr(0x444444440000)");
  });

  it("takes a frame for each page and each missing table", () => {
    expect(facts(steps.get("map"))).toEqual({ "first-page": 4, frames: 28 });
    const [{ tree }] = of("pages", steps.get("map")) as [Of<"pages">];
    const path: [level: number, index: number, physical: number, flags: string][] = [];
    for (let nodes = tree.nodes; nodes.length > 0; nodes = nodes[0]!.children) {
      const { level, index, physical, flags } = nodes[0]!;
      path.push([level, index, physical, flags]);
    }
    // The page's frame was taken first, then those of the tables, from the top down.
    expect(path).toEqual([
      [4, 136, 0x2_2000, "PRESENT | WRITABLE"],
      [3, 273, 0x2_3000, "PRESENT | WRITABLE"],
      [2, 34, 0x2_4000, "PRESENT | WRITABLE"],
      [1, 64, 0x2_1000, "PRESENT | WRITABLE"],
    ]);
    const pages = tree.nodes[0]!.children[0]!.children[0]!.children;
    expect(pages.map(({ index, count, physical }) => [index, count, physical])).toEqual([
      [64, 1, 0x2_1000],
      [65, 24, 0x2_5000],
    ]);
  });

  it("reads the old frame until the TLB is flushed", () => {
    expect(facts(steps.get("flush"))).toEqual({ stale: 1, fresh: 2 });
  });

  it("fails without frames and when a page is mapped, and leaves frames behind", () => {
    expect(facts(steps.get("no-frames"))).toEqual({ "map/frame-allocation-failed": "FrameAllocationFailed" });
    expect(facts(steps.get("twice"))).toHaveProperty("map/page-already-mapped");
    expect(facts(steps.get("left-behind"))).toEqual({ "left-behind": 3 });
  });
});
