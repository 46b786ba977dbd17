/**
 * AssemblyScript's TLSF, compiled to Wasm when the bench starts.
 */
import asc from "assemblyscript/asc";

const SOURCE = `
export function alloc(size: usize): usize { return heap.alloc(size); }
export function free(at: usize): void { heap.free(at); }
`;

export interface Tlsf {
  alloc(size: number): number;
  free(at: number): void;
  readonly memory: WebAssembly.Memory;
}

let compiled: WebAssembly.Module | undefined;

/** A fresh heap that starts with one page of 64 KiB and grows as it needs, at most to so many. */
export async function tlsf(): Promise<Tlsf> {
  compiled ??= await WebAssembly.compile((await compile()) as Uint8Array<ArrayBuffer>);
  const instance = await WebAssembly.instantiate(compiled, { env: { abort: () => undefined } });
  return instance.exports as unknown as Tlsf; // what SOURCE exports
}

async function compile(): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["tlsf.ts", "--optimizeLevel", "3", "--noAssert", "--runtime", "minimal", "--outFile", "tlsf.wasm"],
    {
      readFile: (name) => (name === "tlsf.ts" ? SOURCE : null),
      writeFile: (name, contents) => {
        if (name === "tlsf.wasm") wasm = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) throw error ?? new Error(stderr.toString());
  return wasm;
}
