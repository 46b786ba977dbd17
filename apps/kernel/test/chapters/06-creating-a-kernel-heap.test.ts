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
    const path: number[] = [];
    for (let nodes = tree.nodes; nodes.length > 0; nodes = nodes[0]!.children) path.push(nodes[0]!.index);
    expect(path).toEqual([136, 273, 34, 64]);
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
