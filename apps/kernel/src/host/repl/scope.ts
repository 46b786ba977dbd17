/**
 * What a line at the prompt can name.
 *
 * @module
 */
import * as alloc from "@kmem/alloc";
import * as allocators from "@kmem/allocators";
import * as bootloader from "@kmem/bootloader";
import * as frameAllocator from "@kmem/frame-allocator";
import * as globalAlloc from "@kmem/global-alloc";
import * as linkedListAllocator from "@kmem/linked-list-allocator";
import * as machine from "@kmem/machine";
import * as memory from "@kmem/memory";
import * as repr from "@kmem/repr";
import * as sanitizer from "@kmem/sanitizer";
import * as spin from "@kmem/spin";
import * as x86_64 from "@kmem/x86-64";
import * as kernel from "../../index.ts";
import type { Kernel } from "../../tour/boot.ts";

/** All packages, each under its name: for what another package, or JavaScript, has a name for too. */
const kmem = {
  memory,
  repr,
  spin,
  globalAlloc,
  linkedListAllocator,
  allocators,
  sanitizer,
  alloc,
  x86_64,
  frameAllocator,
  machine,
  bootloader,
};

/**
 * The names, from the last to the first that wins: this machine's, the kernel's, those of the packages from the ground
 * up. JavaScript's own are never hidden: Rust's String is `kmem.alloc.String`.
 */
export function scopeOf({
  hardware,
  bootInfo,
  mapper,
  frameAllocator: frames,
  allocator,
  machine: pc,
}: Kernel): object {
  const here = { cpu: hardware, bootInfo, mapper, frameAllocator: frames, allocator, machine: pc, kmem };
  const scope: Record<string, unknown> = {};
  for (const names of [here, kernel, ...Object.values(kmem)])
    for (const [name, value] of Object.entries(names)) if (!(name in globalThis)) scope[name] ??= value;
  return scope;
}
