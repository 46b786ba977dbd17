/**
 * `kernel run FILE`: boots a kernel of the user's own.
 *
 * The file may lie anywhere. It is compiled in memory; what it imports from `@kmem/…` and from `kernel` are the packages
 * of this clone, the very same that the machine runs with, so that there is one of each.
 *
 * @module
 */
import type { KernelEntry } from "@kmem/bootloader";
import { build as bundle, type Message, type Plugin } from "esbuild";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "./usage-error.ts";

/** Leads the packages of the house to where this program has them from. */
const ownPackages: Plugin = {
  name: "own-packages",
  setup(build) {
    build.onResolve({ filter: /^(@kmem\/|kernel$)/ }, ({ path }) => {
      try {
        return { path: import.meta.resolve(path), external: true };
      } catch {
        return { errors: [{ text: `there is no package ${path}` }] };
      }
    });
  },
};

/**
 * Loads a kernel.
 *
 * @param file - TypeScript or JavaScript; exports `kernel`, or has it as default
 * @throws {@link UsageError} when there is no such file, it does not compile, or exports no kernel
 */
export async function loadKernel(file: string): Promise<KernelEntry> {
  if (!existsSync(file)) throw new UsageError(`there is no file "${file}", and no command of that name`);
  const module = await imported(await compiled(file));
  const entry = module.kernel ?? module.default;
  if (isKernel(entry)) return entry;
  throw new UsageError(`${file} exports no kernel: expected export const kernel = entryPoint(…)`);
}

function isKernel(value: unknown): value is KernelEntry {
  return typeof value === "object" && value !== null && (value as Partial<KernelEntry>).kind === "kernel";
}

async function compiled(file: string): Promise<string> {
  try {
    const { outputFiles } = await bundle({
      entryPoints: [resolve(file)],
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "inline",
      sourcesContent: false,
      logLevel: "silent",
      outdir: resolve("."),
      plugins: [ownPackages],
    });
    return outputFiles[0]!.text;
  } catch (error) {
    const { errors = [] } = error as { errors?: readonly Message[] };
    if (errors.length === 0) throw error;
    const [{ text, location }] = errors as [Message];
    throw new UsageError(location === null ? text : `${location.file}:${location.line}:${location.column}: ${text}`);
  }
}

/** Runs a module's text. It is a file for as long as that takes: only files may import files. */
async function imported(code: string): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), "kmem-kernel-"));
  try {
    const path = join(folder, "kernel.mjs");
    writeFileSync(path, code);
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
