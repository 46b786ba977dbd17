/**
 * `pnpm conformance [DIR]`: replays every recording below DIR against the built packages.
 *
 * Recordings are recognised by what they say of themselves, not by their names, so files never seen before work too.
 * Without DIR the copies in the packages' `test/vectors/` are replayed.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import pc from "picocolors";
import { Tally, type Replay } from "../config/conformance.ts";

const root = resolve(import.meta.dirname, "..");
/** Packages that are held to recordings, each with `test/conformance/replay.ts`. */
const PACKAGES = ["x86-64", "machine", "linked-list-allocator", "alloc"];

interface Recording {
  readonly suite?: unknown;
  readonly type?: unknown;
  readonly setup?: { readonly paging?: unknown };
}

/** The key that a recording's replay is listed under. */
function suiteOf(recording: Recording): string | undefined {
  if (typeof recording.suite === "string")
    return recording.suite === "alloc" && typeof recording.type === "string"
      ? `alloc/${recording.type}`
      : recording.suite;
  return recording.setup?.paging === undefined ? undefined : "mmu";
}

async function loadReplays(): Promise<Map<string, (recording: unknown, tally: Tally, strict: boolean) => void>> {
  const all = new Map<string, (recording: unknown, tally: Tally, strict: boolean) => void>();
  for (const name of PACKAGES) {
    const folder = join(root, "packages", name);
    const replayFile = join(folder, "test/conformance/replay.ts");
    if (!existsSync(replayFile)) continue;
    const { replays } = (await import(pathToFileURL(replayFile).href)) as { replays: Record<string, Replay<unknown>> };
    const api: unknown = await import(pathToFileURL(join(folder, "dist/index.js")).href);
    for (const [suite, replay] of Object.entries(replays))
      all.set(suite, (recording, tally, strict) => replay(recording, api, tally, { strict }));
  }
  return all;
}

function recordingsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : recordingsBelow(path);
      return entry.name.endsWith(".json") ? [path] : [];
    });
}

async function main(given: string | undefined, options: { strict: boolean }): Promise<void> {
  const folders =
    given === undefined ? PACKAGES.map((name) => join(root, "packages", name, "test/vectors")) : [resolve(given)];
  for (const folder of given === undefined ? [] : folders)
    if (!existsSync(folder)) throw new Error(`no such file or folder: ${folder}`);
  const files = folders
    .filter(existsSync)
    .flatMap((path) => (statSync(path).isDirectory() ? recordingsBelow(path) : [path]));
  const replays = await loadReplays();
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const name = relative(process.cwd(), file);
    const tally = new Tally();
    try {
      const recording = JSON.parse(readFileSync(file, "utf8")) as Recording;
      const suite = suiteOf(recording);
      const replay = suite === undefined ? undefined : replays.get(suite);
      if (suite === undefined) {
        console.log(`${pc.yellow("skipped")}  ${name}: not a recording (it names no suite)`);
        continue;
      }
      if (replay === undefined) tally.skip(`no package replays the suite ${suite} yet`);
      else replay(recording, tally, options.strict);
    } catch (error) {
      tally.fail(() => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
    }
    passed += tally.passed;
    failed += tally.failed;
    const mark = tally.failed > 0 ? pc.red("failed ") : tally.passed > 0 ? pc.green("ok     ") : pc.yellow("skipped");
    console.log(`${mark}  ${name}: ${tally.passed} passed, ${tally.failed} failed`);
    for (const [reason, cases] of tally.skipped) console.log(`         skipped ${cases}: ${reason}`);
    if (tally.firstMismatch !== undefined) console.log(`         first mismatch: ${tally.firstMismatch}`);
  }
  if (files.length === 0) console.log("no recordings found");
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

await new Command("conformance")
  .description("Replay recordings of the real Rust crates and of QEMU's MMU against the built packages.")
  .argument("[dir]", "a file or folder with recordings (default: the copies in the packages)")
  .option("--strict", "reproduce Rust's outcome also where ours differs on purpose", false)
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  });
