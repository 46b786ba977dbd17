/** Chapter 4: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, pieces, played } from "./playing.ts";

describe("chapter rust", () => {
  const steps = played("rust");

  it("frees at the end of the scope", () => {
    expect(of("heap", steps.get("scope")).map(pieces)).toEqual([["z:16", "-:102384"], ["-:102400"]]);
  });

  it("catches a reference that outlives its box, and a moved box", () => {
    expect(Object.keys(facts(steps.get("outlived")))).toEqual(["UseAfterDropError"]);
    expect(Object.keys(facts(steps.get("moved")))).toEqual(["UseAfterMoveError"]);
  });

  it("counts owners over scopes", () => {
    expect(facts(steps.get("shared"))).toEqual({ outside: 1, inside: 2, "outside again": 1 });
    expect(of("heap", steps.get("shared")).map(pieces)).toEqual([["-:102400"]]);
  });
});
