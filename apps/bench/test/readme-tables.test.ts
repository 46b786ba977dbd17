import { describe, expect, it } from "vitest";
import type { Report } from "../src/harness.ts";
import { benchmarksIn, withTables } from "../src/readme-tables.ts";

const machine = { node: "v20.20.0", cpu: "Some CPU", cores: 2 };

function report(name: string, medians: Record<string, number>): [string, Report] {
  const all = Object.entries(medians);
  const measurements = all.map(([contestant, median]) => {
    return { contestant, median, low: median, high: median, ratio: median / all[0]![1], rounds: 9 };
  });
  return [name, { name, about: "", measurements }];
}

const README = `# A package

<!-- bench: heap/100 heap/1000 -->
<!-- /bench -->

Words between.

<!-- bench: heap/100 heap/lock -->

old

<!-- /bench -->
`;

describe("benchmarksIn", () => {
  it("names each benchmark once", () => {
    expect(benchmarksIn(README)).toEqual(["heap/100", "heap/1000", "heap/lock"]);
    expect(benchmarksIn("# Nothing measured")).toEqual([]);
  });
});

describe("withTables", () => {
  const reports = new Map([
    report("heap/100", { ours: 203.4, theirs: 40.68 }),
    report("heap/1000", { ours: 1234, other: 3_400_000 }),
  ]);
  const written = withTables(README, reports, machine);

  it("writes a column for each benchmark, a row for each contestant, and ratios to the first", () => {
    expect(written.slice(0, written.indexOf("Words"))).toBe(`# A package

<!-- bench: heap/100 heap/1000 -->

| one operation | 100            | 1000            |
| ------------- | -------------- | --------------- |
| ours          | 203 ns         | 1.2 µs          |
| theirs        | 41 ns (× 0.20) |                 |
| other         |                | 3.4 ms (× 2755) |

Node 20.20.0, 2 × Some CPU; medians of one run (\`pnpm bench\`); ×: to the first row.

<!-- /bench -->

`);
  });
  it("leaves a table alone of which something was not measured", () => {
    expect(written.slice(written.indexOf("Words"))).toBe(README.slice(README.indexOf("Words")));
  });
  it("writes the same again from the same figures", () => {
    expect(withTables(written, reports, machine)).toBe(written);
  });
});
