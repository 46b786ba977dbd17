/**
 * A kernel's statics: one set for each booted kernel.
 *
 * In Rust a `static` has one address for the whole program. Here several kernels can run in one process, each on its own
 * machine, so a static is found through the kernel that is running. Its bytes lie in the region for statics that the
 * bootloader maps, where `.data` and `.bss` lie in a real kernel.
 *
 * @module
 */
import type { BootInfo } from "@kmem/bootloader";
import { AllocatorScope } from "@kmem/global-alloc";
import { alignUp, Panic, type Ptr } from "@kmem/memory";
import type { Hardware } from "@kmem/x86-64";

/** A kernel while it runs. */
interface RunningKernel {
  readonly hardware: Hardware;
  readonly allocators: AllocatorScope;
  readonly statics: Map<unknown, unknown>;
  /** Where the next static goes. */
  next: Ptr;
  readonly end: Ptr;
}

let running: RunningKernel | undefined;

/** Runs `body` as the kernel of `hardware`, with no statics initialised and no global allocator registered. */
export function runKernel<R>(hardware: Hardware, bootInfo: BootInfo, body: () => R): R {
  const outer = running;
  const { start, end } = bootInfo.kernelStatics;
  running = { hardware, allocators: new AllocatorScope(), statics: new Map(), next: start, end };
  try {
    return running.allocators.run(body);
  } finally {
    running = outer;
  }
}

function current(): RunningKernel {
  if (running === undefined) throw new Panic("no kernel is running");
  return running;
}

/** The machine that the running kernel runs on. */
export function hardware(): Hardware {
  return current().hardware;
}

/** Reserves bytes among the running kernel's statics; they are zero. */
export function reserve(size: number, align: number): Ptr {
  const kernel = current();
  const at = alignUp(kernel.next, align);
  if (at + size > kernel.end) throw new Panic(`the region for statics is full: ${size} bytes more do not fit`);
  kernel.next = at + size;
  return at;
}

/**
 * A static that is initialised when it is first used, as by the crate `lazy_static`.
 *
 * @param size - bytes that it occupies among the statics
 * @param init - makes it, given its address
 * @returns what gives the running kernel's value
 */
export function lazyStatic<T>(size: number, align: number, init: (at: Ptr) => T): () => T {
  const key = {};
  return () => {
    const { statics } = current();
    if (!statics.has(key)) statics.set(key, init(reserve(size, align)));
    return statics.get(key) as T;
  };
}
