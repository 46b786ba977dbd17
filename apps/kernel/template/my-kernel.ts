/**
 * A kernel of your own. Boot it with
 *
 *     npx -y pnpm@10 kernel run apps/kernel/template/my-kernel.ts
 */
import { Vec } from "@kmem/alloc";
import { u32 } from "@kmem/repr";
import { VirtAddr } from "@kmem/x86-64";
import { entryPoint, hltLoop, init, initHeap, memory, println, withRuntime } from "kernel";

export const kernel = entryPoint(
  withRuntime((bootInfo, hardware) => {
    println("Hello from my kernel!");
    init(); // descriptor tables, exception handlers, interrupts

    // The page tables that the bootloader left, the frames that are free, and a heap of 100 KiB.
    const mapper = memory.init(hardware, VirtAddr.new(bootInfo.physicalMemoryOffset));
    initHeap(mapper, memory.BootInfoFrameAllocator.init(bootInfo.memoryMap));

    // Every element lies in that heap.
    const primes = Vec.new(u32);
    for (let n = 2; primes.length < 100; n++) if (primes.iter().every((prime) => n % prime !== 0)) primes.push(n);
    println("prime 100 is {}; the vector is at {:p}", primes.get(99)!, primes.asSlice());

    hltLoop();
  }),
);
