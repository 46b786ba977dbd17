/** Chapter 7: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, pieces, played, screenOf } from "./playing.ts";

describe("chapter allocator-crate", () => {
  const steps = played("allocator-crate");

  it("fails before init, and before the mapping", () => {
    expect(screenOf(steps.get("before-init"))).toContain("allocation error");
    expect(screenOf(steps.get("before-mapping"))).toContain("EXCEPTION: PAGE FAULT");
  });

  it("shows the holes after each step of the showcase", () => {
    const maps = of("heap", steps.get("showcase")).map(pieces);
    expect(maps.slice(0, 9)).toEqual([
      ["heapValue:16", "-:102384"],
      ["heapValue:16", "vec:16", "-:102368"],
      ["heapValue:16", "-:16", "vec:32", "-:102336"],
      ["heapValue:16", "-:48", "vec:64", "-:102272"],
      ["heapValue:16", "-:112", "vec:128", "-:102144"],
      ["heapValue:16", "-:240", "vec:256", "-:101888"],
      ["heapValue:16", "-:496", "vec:512", "-:101376"],
      // The next block of 2048 bytes fits neither into the hole nor, while the old block is in use, together with it.
      ["heapValue:16", "-:1008", "vec:1024", "-:100352"],
      ["heapValue:16", "-:2032", "vec:2048", "-:98304"],
    ]);
    expect(maps[9]).toEqual(["heapValue:16", "its vector:16", "Rc:40", "-:1976", "vec:2048", "-:98304"]);
    expect(maps[10]).toEqual(maps[8]);
    expect(facts(steps.get("showcase"))).toEqual({ vec: "0x444444440800" });
  });

  it("detects the deadlock of a handler that allocates", () => {
    expect(Object.keys(facts(steps.get("interrupt")))).toEqual(["DeadlockError"]);
  });
});
