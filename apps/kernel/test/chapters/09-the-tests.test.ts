/** Chapter 9: what it claims. */
import { describe, expect, it } from "vitest";
import { facts, of, played } from "./playing.ts";

describe("chapter tests", () => {
  const steps = played("tests");
  const serial = (step: string): string[] => of("serial", steps.get(step)).map(({ text }) => text);
  const OUT_OF_MEMORY =
    /^Running 1 tests\nmany_boxes\w*\.\.\. \[failed\]\n\nError: panicked at 'allocation error: Layout \{ size_: 8, align_: 8 \}', src\/tests\/heap-allocation\.ts:\d+:\d+\n\n$/;

  it("passes the post's three", () => {
    expect(serial("three")).toEqual([
      "Running 3 tests\nsimple_allocation... [ok]\nlarge_vec... [ok]\nmany_boxes... [ok]\n",
    ]);
    expect(facts(steps.get("three"))).toEqual({ "status of 0x10": 33 });
  });

  it("fails many_boxes without freeing once the heap was given out, which 10 000 boxes do not show", () => {
    const [short, long] = serial("never-frees");
    expect(short).toBe("Running 1 tests\nmany_boxes_10000... [ok]\n");
    expect(long).toMatch(OUT_OF_MEMORY);
    expect(facts(steps.get("never-frees"))).toEqual({
      "status of 0x10": 33,
      "given many_boxes_10000": 10_000,
      "status of 0x11": 35,
      "given many_boxes": 12_800,
    });
  });

  it("passes it with a bump allocator that begins anew, which one long-lived box prevents", () => {
    const [anew, longLived] = serial("bump");
    expect(anew).toBe("Running 1 tests\nmany_boxes... [ok]\n");
    expect(longLived).toMatch(OUT_OF_MEMORY);
    expect(facts(steps.get("bump"))).toEqual({
      "status of 0x10": 33,
      "given many_boxes": 102_400,
      "status of 0x11": 35,
      "given many_boxes_long_lived": 12_800,
    });
  });

  it("passes both with the linked list", () => {
    expect(serial("linked-list")).toEqual(["Running 1 tests\nmany_boxes_long_lived... [ok]\n"]);
  });

  it("says where a test has failed, and runs none behind it", () => {
    const [text] = serial("panic");
    expect(text).toMatch(/^Running 3 tests\ntrivial_assertion\.\.\. \[ok\]\nwrong_sum\.\.\. \[failed\]\n\nError: /);
    expect(text).toMatch(/left: 2\n {1,2}right: 3', src\/chapters\/09-the-tests\.ts:\d+:\d+\n/);
    expect(text).not.toContain("not_reached");
    expect(facts(steps.get("panic"))).toEqual({ "status of 0x11": 35 });
  });

  it("counts a panic as success where it should come", () => {
    expect(serial("should-panic")).toEqual(["should_panic::should_fail... [ok]\n"]);
    expect(facts(steps.get("should-panic"))).toEqual({ "status of 0x10": 33 });
  });

  it("turns the value at port 0xf4 into value << 1 | 1", () => {
    expect(facts(steps.get("exit-codes"))).toEqual({
      "status of 0x0": (0 << 1) | 1,
      "status of 0x10": (0x10 << 1) | 1,
      "status of 0x11": (0x11 << 1) | 1,
    });
  });
});
