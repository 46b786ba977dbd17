/** Chapter 1: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, played, screenOf } from "./playing.ts";

describe("chapter variables", () => {
  const steps = played("variables");

  it("pushes arguments, return addresses and locals, and pops them", () => {
    const [during, after] = of("stack", steps.get("stack"));
    const names = during!.picture.slots.map(({ frame, name }) => `${frame}.${name}`);
    expect(names).toEqual([
      "outer.argument",
      "outer.return address",
      "outer.x",
      "inner.argument",
      "inner.return address",
      "inner.z",
    ]);
    const addresses = during!.picture.slots.map(({ at }) => at);
    expect(addresses).toEqual([...addresses].sort((a, b) => b - a));
    expect(during!.picture.slots.every(({ live }) => live)).toBe(true);
    expect(during!.picture.slots[5]!.words).toEqual([1, 2, 3]);
    expect(during!.picture.stackPointer).toBe(during!.picture.slots[5]!.at);
    expect(after!.picture.slots.filter(({ live }) => live).map(({ frame }) => frame)).not.toContain("inner");
  });

  it("reads the popped local through a dangling address: first what was there, then what another call left", () => {
    expect(facts(steps.get("stack"))).toEqual({ beforeReuse: 2, afterReuse: 9 });
  });

  it("finds a static at one address, and cannot write one that is read-only", () => {
    expect(facts(steps.get("static"))).toMatchObject({ value: 2 });
    expect(screenOf(steps.get("read-only"))).toContain("PageFaultErrorCode(PROTECTION_VIOLATION | CAUSED_BY_WRITE)");
  });

  it("loses an addition without a lock, and none with it", () => {
    expect(facts(steps.get("race"))).toEqual({ lost: 1 });
    expect(facts(steps.get("lock"))).toEqual({ kept: 2 });
  });
});
