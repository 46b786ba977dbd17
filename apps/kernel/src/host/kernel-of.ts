import type { KernelEntry } from "@kmem/bootloader";
import { kernel } from "../main.ts";

/** The kernel in `file`; the post's when there is none. The compiler is loaded only for a file: it takes a while. */
export async function kernelOf(file: string | undefined): Promise<KernelEntry> {
  if (file === undefined) return kernel;
  const { loadKernel } = await import("./user-kernel.ts");
  return loadKernel(file);
}
