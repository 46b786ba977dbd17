import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** An `@example` of a doc comment that states results: lines `expression; // => result`. */
interface Example {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/**
 * Runs every `@example` in the sources of a package that states a result, with the package's exports in scope.
 *
 * @param folder - the package
 * @param scope - names that examples may use
 */
export function docTests(folder: string, scope: Record<string, unknown>): void {
  const examples = sourcesBelow(join(folder, "src")).flatMap((file) => examplesIn(file, folder));
  describe("doc comments", () => {
    it("state at least one example", () => expect(examples.length).toBeGreaterThan(0));
    for (const { file, line, code } of examples)
      it(`${file}:${line} is true`, () => {
        const checks: [unknown, unknown][] = [];
        const check = (actual: unknown, expected: unknown): number => checks.push([actual, expected]);
        const names = Object.keys(scope).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && name !== "default");
        const body = ts.transpileModule(withChecks(code), {
          compilerOptions: { target: ts.ScriptTarget.ES2020 },
        }).outputText;
        // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- examples are code
        new Function(...names, "check__", body)(...names.map((name) => scope[name]), check);
        expect(checks.length).toBeGreaterThan(0);
        for (const [actual, expected] of checks) expect(actual).toEqual(expected);
      });
  });
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sourcesBelow(path) : entry.name.endsWith(".ts") ? [path] : [];
  });
}

function examplesIn(path: string, folder: string): Example[] {
  const text = readFileSync(path, "utf8");
  const examples: Example[] = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const plain = comment[0].replace(/^\/\*\*|\*\/$/g, "").replace(/^[ \t]*\* ?/gm, "");
    for (const found of plain.matchAll(/@example([\s\S]*?)(?=^@\w|$(?![\s\S])|@example)/gm)) {
      const code = found[1]!.replace(/```\w*/g, "").trim();
      const line = text.slice(0, comment.index).split("\n").length + plain.slice(0, found.index).split("\n").length - 1;
      if (code.includes("// =>")) examples.push({ file: relative(folder, path), line, code });
    }
  }
  return examples;
}

/** Turns each line `expression; // => result` into a check; a declaration keeps its name and checks its value. */
function withChecks(code: string): string {
  return code
    .split("\n")
    .map((line) => {
      const found = /^(.*?);?\s*\/\/ => (.*)$/.exec(line);
      if (found === null) return line;
      const [, statement, expected] = found;
      const declared = /^\s*(?:const|let|using)\s+(\w+)\b/.exec(statement!);
      if (declared !== null) return `${statement!}; check__(${declared[1]!}, ${expected!});`;
      return `check__((${statement!}), (${expected!}));`;
    })
    .join("\n");
}
