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
    expect(
      during!.picture.slots.filter(({ name }) => name === "return address").every(({ words }) => words[0]! > 0),
    ).toBe(true);
    // What is popped still holds its bytes.
    expect(after!.picture.slots.map(({ words }) => words)).toEqual(during!.picture.slots.map(({ words }) => words));
    expect(after!.picture.stackPointer).toBe(after!.picture.slots[2]!.at);
    expect(after!.picture.slots.filter(({ live }) => live).map(({ frame }) => frame)).not.toContain("inner");
  });

  it("reads the popped local through a dangling address: first what was there, then what another call left", () => {
    expect(facts(steps.get("stack"))).toEqual({ beforeReuse: 2, afterReuse: 9 });
  });

  it("finds a static at one address, and cannot write one that is read-only", () => {
    const { address, value } = facts(steps.get("static"));
    expect(address).toMatch(/^0x24[0-9a-f]{4}$/);
    expect(value).toBe(2);
    expect(facts(played("variables").get("static"))).toEqual({ address, value });
    expect(screenOf(steps.get("read-only"))).toMatch(/Accessed Address: VirtAddr\(0x24[0-9a-f]000\)/);
    expect(screenOf(steps.get("read-only"))).toContain("PageFaultErrorCode(PROTECTION_VIOLATION | CAUSED_BY_WRITE)");
  });

  it("loses an addition without a lock, and none with it", () => {
    expect(facts(steps.get("race"))).toEqual({ lost: 1 });
    expect(facts(steps.get("lock"))).toEqual({ kept: 2 });
  });
});
