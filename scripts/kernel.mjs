/**
 * `pnpm kernel …`: boots the kernel, building it first where a source is newer than the last build.
 *
 * Plain JavaScript, because it runs before anything is built; when nothing has changed it costs a few milliseconds.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, "apps/kernel/dist/cli.js");
/** Touched after each build. */
const stamp = join(root, "apps/kernel/dist/.built");

/** Time of the newest change below `path`, in milliseconds; 0 when there is nothing. */
function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  let time = stats.mtimeMs;
  if (stats.isDirectory()) for (const name of readdirSync(path)) time = Math.max(time, newest(join(path, name)));
  return time;
}

function isStale() {
  const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (built === 0 || newest(entry) === 0) return true;
  const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
  return [...packages, join(root, "apps/kernel")].some(
    (folder) => newest(join(folder, "src")) > built || newest(join(folder, "package.json")) > built,
  );
}

function build() {
  const started = new Date();
  process.stderr.write("Building the packages and the kernel (only after a change) …\n");
  const turbo = join(root, "node_modules/.bin/turbo");
  const { status, error, stdout, stderr } = spawnSync(turbo, ["run", "build", "--filter=kernel"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) {
    process.stderr.write(`${stdout ?? ""}${stderr ?? ""}${error === undefined ? "" : `${error.message}\n`}`);
    process.exit(1);
  }
  writeFileSync(stamp, "");
  utimesSync(stamp, started, started);
}

if (isStale()) build();
// A panic names its place in the TypeScript source. This must be on before the kernel is loaded.
process.setSourceMapsEnabled(true);
await import(pathToFileURL(entry).href);
