/** Chapter 2: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, type Of, pieces, played } from "./playing.ts";

describe("chapter dynamic-memory", () => {
  const steps = played("dynamic-memory");

  it("reads what lives on the heap after its maker has returned", () => {
    expect(facts(steps.get("allocate"))).toEqual({ read: 2 });
  });

  it("draws the heap before, with the array, and after", () => {
    expect(of("heap", steps.get("pictures")).map(pieces)).toEqual([["-:102400"], ["z:16", "-:102384"], ["-:102400"]]);
    const [{ picture }] = of("stack", steps.get("pictures")) as [Of<"stack">];
    expect(picture.slots[picture.slots.length - 1]).toMatchObject({ name: "y", words: [0x4444_4444_0004] });
  });

  it("reads a hole's bytes when the block is freed too early", () => {
    expect(facts(steps.get("too-early"))).toEqual({ garbage: 0 });
  });
});
