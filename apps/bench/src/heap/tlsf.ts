/**
 * AssemblyScript's TLSF, compiled to Wasm when the bench starts.
 */
import asc from "assemblyscript/asc";

const SOURCE = `
export function alloc(size: usize): usize { return heap.alloc(size); }
export function free(at: usize): void { heap.free(at); }
`;

export interface Tlsf {
  readonly alloc: (size: number) => number;
  readonly free: (at: number) => void;
  readonly memory: WebAssembly.Memory;
}

const modules = new Map<number, Promise<WebAssembly.Module>>();

/**
 * A fresh heap that grows as it needs.
 *
 * @param maximum - 64 KiB pages of its memory at most; when they do not suffice, `alloc` traps
 */
export async function tlsf(maximum = 4096): Promise<Tlsf> {
  let module = modules.get(maximum);
  if (module === undefined) modules.set(maximum, (module = compile(maximum)));
  const instance = await WebAssembly.instantiate(await module, { env: { abort: () => undefined } });
  return instance.exports as unknown as Tlsf; // what SOURCE exports
}

async function compile(maximum: number): Promise<WebAssembly.Module> {
  let wasm: Uint8Array | undefined;
  const { error } = await asc.main(
    [
      ...["tlsf.ts", "--outFile", "tlsf.wasm", "--runtime", "minimal", "--optimizeLevel", "3", "--noAssert"],
      ...["--maximumMemory", String(maximum)],
    ],
    {
      readFile: (name) => (name === "tlsf.ts" ? SOURCE : null),
      writeFile: (name, contents) => {
        if (name === "tlsf.wasm") wasm = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) throw new Error("AssemblyScript's TLSF did not compile", { cause: error });
  return WebAssembly.compile(wasm as Uint8Array<ArrayBuffer>);
}
