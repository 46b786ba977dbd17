/** The READMEs at the root: their kernel is the template, and the two languages say the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const english = read("README.md");
const chinese = read("README.zh-CN.md");

/** The code blocks of a kind. */
function blocks(readme: string, kind: string): string[] {
  return [...readme.matchAll(new RegExp("^```" + kind + "\\n([^]*?)^```$", "gm"))].map(([, text = ""]) => text);
}

/** Commands without the remarks behind them. */
function commands(readme: string): string[] {
  return blocks(readme, "sh")
    .flatMap((block) => block.trim().split("\n"))
    .map((line) => line.replace(/\s+#.*$/, ""));
}

describe("README.md", () => {
  it("shows the template as the kernel of one's own, in 30 lines", () => {
    const template = read("apps/kernel/template/my-kernel.ts").replace(/^\/\*\*[^]*?\*\/\n/, "");
    expect(blocks(english, "ts")).toEqual([template]);
    expect(template.trim().split("\n").length).toBeLessThanOrEqual(30);
  });
  it("shows the screen that the kernel's test compares with", () => {
    expect(blocks(english, "text")[0]).toBe(read("apps/kernel/test/screens/kernel-main.txt"));
  });
});

describe("README.zh-CN.md", () => {
  it("has the commands, the code and the outputs of README.md", () => {
    expect(commands(chinese)).toEqual(commands(english));
    for (const kind of ["ts", "text"]) expect(blocks(chinese, kind)).toEqual(blocks(english, kind));
  });
  it("has as many sections, and the same links to packages and files", () => {
    const headings = (readme: string): number => readme.match(/^## /gm)?.length ?? 0;
    expect(headings(chinese)).toBe(headings(english));
    const links = (readme: string): string[] => (readme.match(/\]\((?:apps|packages)\/[^)]*\)/g) ?? []).sort();
    expect(links(chinese)).toEqual(links(english));
  });
});
