/**
 * The kernel of the post: it maps a heap, and allocates.
 *
 * @see blog_os, post 10: https://os.phil-opp.com/heap-allocation/
 * @module
 */
import { Box, Rc, Vec, vec } from "@kmem/alloc";
import { entryPoint, type BootInfo, type KernelEntry } from "@kmem/bootloader";
import { i32 } from "@kmem/repr";
import { VirtAddr, type Hardware } from "@kmem/x86-64";
import { initHeap } from "./allocator.ts";
import * as lib from "./lib.ts";
import * as memory from "./memory.ts";
import { parseOptions } from "./options.ts";
import { withRuntime } from "./runtime.ts";
import { println } from "./vga-buffer.ts";

export const kernel: KernelEntry = entryPoint(withRuntime(kernelMain));

function kernelMain(bootInfo: BootInfo, hardware: Hardware): never {
  println("Hello World{}", "!");
  lib.init();

  const physicalMemoryOffset = VirtAddr.new(bootInfo.physicalMemoryOffset);
  const mapper = memory.init(hardware, physicalMemoryOffset);
  const frameAllocator = memory.BootInfoFrameAllocator.init(bootInfo.memoryMap);
  lib.expect("heap initialization failed", () => initHeap(mapper, frameAllocator, parseOptions(bootInfo.commandLine)));

  // Allocate a number on the heap.
  const heapValue = Box.new(i32, 41);
  println("heap_value at {:p}", heapValue);

  // Create a vector that grows.
  const numbers = Vec.new(i32);
  for (let i = 0; i < 500; i++) numbers.push(i);
  println("vec at {:p}", numbers.asSlice());

  // Create a vector that is counted: it is freed when the count is 0.
  const referenceCounted = Rc.new(vec(i32), Vec.from(i32, [1, 2, 3]));
  const clonedReference = referenceCounted.clone();
  println("current reference count is {}", Rc.strongCount(clonedReference));
  referenceCounted.drop();
  println("reference count is {} now", Rc.strongCount(clonedReference));

  println("It did not crash!");
  lib.hltLoop();
}
