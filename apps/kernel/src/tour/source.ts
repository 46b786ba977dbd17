/**
 * The source lines that a step runs, read from the file itself.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Lines of a source file. */
export interface SourceLines {
  /** Below the app's folder. */
  readonly file: string;
  /** Counted from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** The app's folder, seen from the sources as from the built files. */
function appFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

/**
 * A function of a file, from its line `function name(` to the brace that closes it.
 *
 * @param file - below `src`
 * @throws when the file has no such function
 */
export function functionSource(file: string, name: string): SourceLines {
  const all = readFileSync(join(appFolder(), "src", file), "utf8").split("\n");
  const first = all.findIndex((line) => new RegExp(`^(export )?function ${name}\\b`).test(line));
  const last = all.findIndex((line, at) => at >= first && line === "}");
  if (first < 0 || last < 0) throw new Error(`${file} has no function ${name}`);
  return { file: `src/${file}`, firstLine: first + 1, lines: all.slice(first, last + 1) };
}
