/** Chapter 3: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, pieces, played } from "./playing.ts";

describe("chapter common-errors", () => {
  const steps = played("common-errors");

  it("leaks", () => {
    expect(facts(steps.get("leak"))).toEqual({ leaked: 48 });
    expect(facts(steps.get("leak-found"))).toHaveProperty("sanitizer/leak");
  });

  it("reads another's value after a free", () => {
    expect(facts(steps.get("use-after-free"))).toEqual({ read: 13 });
    expect(facts(steps.get("use-after-free-found"))).toHaveProperty("sanitizer/use-after-free");
  });

  it("gives one block to two owners after a double free", () => {
    expect(facts(steps.get("double-free"))).toEqual({ shared: true, used: 16 });
    expect(facts(steps.get("double-free-found"))).toHaveProperty("sanitizer/double-free");
  });

  it("lets an owner write into the list of holes after a double free", () => {
    expect(facts(steps.get("double-free-list"))).toMatchObject({ "hole size": 13, next: "0x0" });
    expect(facts(steps.get("double-free-list"))).toHaveProperty("hole-size");
  });

  it("is refused a double free that the heap can see", () => {
    expect(facts(steps.get("double-free-at-once"))).toHaveProperty("bad-free/aliases-hole");
    expect(of("heap", steps.get("double-free-at-once")).map(pieces)).toEqual([["-:102400"]]);
  });
});
