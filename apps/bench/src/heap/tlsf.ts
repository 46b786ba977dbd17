/**
 * AssemblyScript's TLSF, compiled to Wasm when the bench starts.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const SOURCE = `
export function alloc(size: usize): usize { return heap.alloc(size); }
export function free(at: usize): void { heap.free(at); }
`;

const COMPILER = fileURLToPath(new URL("../../node_modules/assemblyscript/bin/asc.js", import.meta.url));

export interface Tlsf {
  readonly alloc: (size: number) => number;
  readonly free: (at: number) => void;
  readonly memory: WebAssembly.Memory;
}

const modules = new Map<number, Promise<WebAssembly.Module>>();

/**
 * A fresh heap.
 *
 * @param maximum - 64 KiB pages of its memory at most; when they do not suffice, `alloc` traps
 */
export async function tlsf(maximum = 4096): Promise<Tlsf> {
  let module = modules.get(maximum);
  if (module === undefined) modules.set(maximum, (module = compile(maximum)));
  const instance = await WebAssembly.instantiate(await module, { env: { abort: () => undefined } });
  return instance.exports as unknown as Tlsf; // what SOURCE exports
}

/**
 * Compiles in a process of its own, for a memory that is as large as it may get from the beginning.
 *
 * The compiler is itself a Wasm module whose memory grows. That detaches buffers, and from the first detached buffer on V8
 * looks for one at each access to any typed array: it would be ours, and @thi.ng/malloc's, that take 6 % longer.
 */
async function compile(maximum: number): Promise<WebAssembly.Module> {
  const folder = await mkdtemp(join(tmpdir(), "kmem-bench-"));
  try {
    await writeFile(join(folder, "tlsf.ts"), SOURCE);
    const pages = String(maximum);
    const options = ["--runtime", "minimal", "--optimizeLevel", "3", "--noAssert"];
    const memory = ["--initialMemory", pages, "--maximumMemory", pages];
    await promisify(execFile)(
      process.execPath,
      [COMPILER, "tlsf.ts", "--outFile", "tlsf.wasm", ...options, ...memory],
      {
        cwd: folder,
      },
    );
    return await WebAssembly.compile(await readFile(join(folder, "tlsf.wasm")));
  } finally {
    await rm(folder, { recursive: true });
  }
}
