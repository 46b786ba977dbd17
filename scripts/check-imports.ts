/**
 * Packs every package and uses it as a stranger would: in an empty folder outside the workspace, with nothing
 * installed but the package and what it depends on. There it is imported as ESM, as CJS and from TypeScript (node16
 * and bundler resolution), every subpath of it, and the examples of its README and its row in the root README are run.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");

interface Manifest {
  readonly name: string;
  readonly exports: Record<string, unknown>;
  readonly dependencies?: Record<string, string>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) as Manifest;
}

/** The folders of a package and of all packages below it. */
function closure(folder: string): string[] {
  const below = Object.keys(manifest(folder).dependencies ?? {}).flatMap((name) => closure(name.replace("@kmem/", "")));
  return [...new Set([folder, ...below])];
}

/** What `import` and `require` may name. */
function entriesOf({ name, exports }: Manifest): string[] {
  return Object.keys(exports)
    .filter((path) => path !== "./package.json")
    .map((path) => name + path.slice(1));
}

/** The TypeScript and JavaScript blocks of a README. */
function examplesOf(readme: string): string[] {
  return [...readme.matchAll(/^```(?:ts|js|typescript|javascript)\n([\s\S]*?)^```/gm)].map((found) => found[1]!);
}

/** The folders of our packages that an example imports. */
function importedBy(example: string): string[] {
  return [...example.matchAll(/ from "@kmem\/([a-z0-9-]+)/g)].map((found) => found[1]!);
}

/** The one-line imports of a package in the root README's table. */
function importsInTable(name: string): string[] {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const row = readme.split("\n").find((line) => line.startsWith("|") && line.includes(`[\`${name}\`]`));
  const imports = [...(row ?? "").matchAll(/`(import [^`]*)`/g)].map((found) => found[1]!);
  if (imports.length === 0) throw new Error(`README.md has no row with an import of ${name}`);
  return imports;
}

/** What an example says that it prints: the text behind `// =>` on lines that log. */
function statedOutput(example: string): string[] {
  return example
    .split("\n")
    .filter((line) => line.includes("console.log"))
    .flatMap((line) => (line.includes("// => ") ? [line.slice(line.indexOf("// => ") + "// => ".length).trim()] : []));
}

async function checkPackage(folder: string, tarballs: Map<string, string>, place: string): Promise<number> {
  const entries = entriesOf(manifest(folder));
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), JSON.stringify({ name: "stranger", private: true }));
  const install = async (folders: readonly string[]): Promise<unknown> =>
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...folders.map((each) => tarballs.get(each)!)], {
      cwd: place,
    });
  await install(closure(folder));

  const names = (kind: string) => `console.log(${JSON.stringify(kind)}, Object.keys(m).length)`;
  for (const entry of entries) {
    const esm = await run("node", ["--input-type=module", "-e", `import * as m from "${entry}"; ${names(entry)}`], {
      cwd: place,
    });
    const cjs = await run("node", ["--input-type=commonjs", "-e", `const m = require("${entry}"); ${names(entry)}`], {
      cwd: place,
    });
    if (esm.stdout !== cjs.stdout)
      throw new Error(`${entry}: ESM and CJS do not export the same: ${esm.stdout}${cjs.stdout}`);
    if (esm.stdout.trim().endsWith(" 0")) throw new Error(`${entry} exports nothing`);
  }

  const source = entries
    .map((entry, i) => `import * as m${i} from "${entry}";\nexport const e${i}: object = m${i};\n`)
    .join("");
  for (const file of ["types.mts", "types.cts", "types.ts"]) writeFileSync(join(place, file), source);
  for (const [module, moduleResolution] of [
    ["node16", "node16"],
    ["esnext", "bundler"],
  ] as const) {
    const files = module === "node16" ? ["types.mts", "types.cts"] : ["types.ts"];
    const lib = ["es2020", "esnext.disposable"];
    const compilerOptions = { noEmit: true, strict: true, target: "es2020", lib, types: [], module, moduleResolution };
    writeFileSync(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    await run("node", [join(root, "node_modules/typescript/bin/tsc")], { cwd: place });
  }

  const examples = examplesOf(readFileSync(join(root, "packages", folder, "README.md"), "utf8"));
  if (examples.length === 0) throw new Error(`${folder}/README.md has no example`);
  // An example may bring a second package along, as its reader would: an allocator for the collections, say.
  const alsoNamed = [...new Set(examples.flatMap(importedBy).flatMap(closure))];
  if (alsoNamed.some((each) => !closure(folder).includes(each))) await install(alsoNamed);
  for (const [i, example] of examples.entries()) {
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const file = join(place, `readme-${i}.mjs`);
    writeFileSync(file, ts.transpileModule(example, { compilerOptions: options }).outputText);
    const { stdout } = await run("node", [file], { cwd: place });
    const expected = statedOutput(example);
    if (expected.length > 0 && stdout.trimEnd() !== expected.join("\n"))
      throw new Error(`README example ${i + 1} prints\n${stdout}and states\n${expected.join("\n")}`);
  }
  const imports = importsInTable(manifest(folder).name);
  for (const line of imports) await run("node", ["--input-type=module", "-e", line], { cwd: place });
  return entries.length * 2 + 2 + examples.length + imports.length;
}

async function main(): Promise<void> {
  const folders = readdirSync(join(root, "packages")).sort();
  const work = mkdtempSync(join(tmpdir(), "kmem-imports-"));
  let passed = 0;
  const failures: string[] = [];
  try {
    const tarballs = new Map<string, string>();
    for (const folder of folders) {
      const target = join(work, "tarballs", folder);
      mkdirSync(target, { recursive: true });
      await run("pnpm", ["pack", "--pack-destination", target], { cwd: join(root, "packages", folder) });
      tarballs.set(folder, join(target, readdirSync(target)[0]!));
    }
    const queue = [...folders];
    const worker = async (): Promise<void> => {
      for (let folder = queue.shift(); folder !== undefined; folder = queue.shift())
        try {
          // Not `passed += await …`: that adds to what `passed` was before the other worker added to it.
          const checks = await checkPackage(folder, tarballs, join(work, folder));
          passed += checks;
        } catch (error) {
          const { message, stdout = "", stderr = "" } = error as Error & { stdout?: string; stderr?: string };
          failures.push(`@kmem/${folder}: ${message}\n${stdout}${stderr}`);
        }
    };
    await Promise.all([worker(), worker()]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  for (const failure of failures) console.error(failure);
  console.log(
    `Selective imports: ${folders.length} packages alone in an empty folder, ${passed} checks passed, ${failures.length} failed`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}

await main();
