import { describe, expect, it } from "vitest";
import { benchmarks } from "../src/benchmarks.ts";

describe("benchmarks", () => {
  it("have names of their own", () => {
    const names = benchmarks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
  // The larger ones run the same code for minutes.
  const small = benchmarks.filter(({ name }) => !name.endsWith("0000"));
  it.each(small.map((benchmark) => [benchmark.name, benchmark] as const))("%s runs", async (_, benchmark) => {
    const contestants = await benchmark.contestants();
    expect(contestants.length).toBeGreaterThan(0);
    for (const { run, operations, name } of contestants) {
      expect(operations, name).toBeGreaterThan(0);
      run();
    }
  });
});
