/** Chapter 8: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, pieces, played } from "./playing.ts";

describe("chapter collections", () => {
  const steps = played("collections");
  const maps = (step: string): string[][] => of("heap", steps.get(step)).map(pieces);

  it("shows each type, in a heap that is empty at the end", () => {
    expect([...steps.keys()]).toEqual([
      "box",
      "rc",
      "arc",
      "string",
      "vec",
      "vec-deque",
      "linked-list",
      "binary-heap",
      "b-tree-map",
      "b-tree-set",
    ]);
    for (const events of steps.values()) {
      expect(of("code", events).length).toBeGreaterThan(0);
      expect(of("heap", events).length).toBeGreaterThan(0);
      expect(facts(events)).toMatchObject({ left: 0 });
    }
  });

  it("gives a box away as an address, and takes it back with what the device has written", () => {
    expect(maps("box")).toEqual([["request:24", "-:102376"]]);
    expect(facts(steps.get("box"))).toMatchObject({ size: 24, done: true });
  });

  it("keeps Rc's counts in the block, which waits for the last Weak", () => {
    expect(facts(steps.get("rc"))).toMatchObject({ strong: 2, weak: 2, open: false, "strong after": 0 });
    const open = ["open file:32", "-:102368"];
    expect(maps("rc")).toEqual([open, open]);
  });

  it("shares an Arc with an interrupt handler", () => {
    expect(facts(steps.get("arc"))).toMatchObject({ before: 2, port: "0x3f8", after: 1 });
    expect(maps("arc")).toEqual([["device:24", "-:102376"]]);
  });

  it("formats log lines on the heap, with their text in blocks of their own", () => {
    expect(facts(steps.get("string"))).toMatchObject({
      "line 1": "[  0.50] heap: 12 of 100 KiB at 0x444444440000",
      "line 2": "[  1.25] 中断 0x21",
    });
    const [names] = maps("string").map((map) =>
      map.filter((piece) => !piece.startsWith("-")).map((p) => p.split(":")[0]),
    );
    expect(names).toEqual(["log", "line", "line 2"]);
  });

  it("lays a vector's rows side by side", () => {
    expect(maps("vec")).toEqual([["-:32", "tasks:64", "-:102304"]]);
    expect(facts(steps.get("vec"))).toMatchObject({ third: 2, order: "0 4 2 3" });
  });

  it("queues scan codes in a ring, without a call to the allocator", () => {
    expect(facts(steps.get("vec-deque"))).toMatchObject({
      taken: "0x1e 0x9e 0x30 0xb0 0x2e",
      // Codes 9 and 10 have come round to the front.
      ring: "0x12 0x92 0x30 0xb0 0x2e 0xae 0x20 0xa0",
      handlerCalls: 0,
    });
    expect(maps("vec-deque")).toEqual([["scan codes:16", "-:102384"]]);
  });

  it("puts one list behind the other without moving a node", () => {
    const { before, after, appendCalls, round } = facts(steps.get("linked-list"));
    expect(before).toBe("0x444444440000 (1) → 0x444444440018 (2)");
    expect(after).toBe(`${String(before)} → 0x444444440030 (7) → 0x444444440048 (8)`);
    expect({ appendCalls, round }).toEqual({ appendCalls: 0, round: "2 7 8 1" });
    expect(maps("linked-list")).toEqual([["ready:24", "ready 2:24", "waiting:24", "waiting 2:24", "-:102304"]]);
  });

  it("keeps timers as a heap, and gives them out in the order of their deadlines", () => {
    const { memory, due } = facts(steps.get("binary-heap"));
    const lying = String(memory).split(" ").map(Number);
    expect(lying).toEqual([10, 20, 50, 90, 30, 70]);
    for (let i = 1; i < lying.length; i++) expect(lying[i]!).toBeGreaterThan(lying[(i - 1) >> 1]!);
    expect(due).toBe("10 20 30");
    expect(maps("binary-heap")).toEqual([["timers:48", "-:102352"]]);
  });

  it("splits a map's full leaf, and finds the region of an address", () => {
    expect(maps("b-tree-map")).toEqual([
      ["leaf:192", "-:102208"],
      ["leaf:192", "leaf 2:192", "root:288", "-:101728"],
    ]);
    expect(facts(steps.get("b-tree-map"))).toMatchObject({
      leaves: 2,
      bytes: 672,
      "0x421234": true,
      "0x428000": false,
    });
  });

  it("gives out the smallest member of a set", () => {
    expect(maps("b-tree-set")).toEqual([["leaf:56", "leaf 2:56", "root:152", "leaf 3:56", "-:102080"]]);
    expect(facts(steps.get("b-tree-set"))).toMatchObject({ leaves: 3, bytes: 320, given: "1 2 3", next: 2 });
  });
});
