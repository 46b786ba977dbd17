/**
 * The post's first allocator.
 *
 * @module
 */
import { NULL, Panic, type Memory, type Ptr } from "@kmem/memory";
import { GlobalAlloc } from "./global-alloc.ts";
import type { Layout } from "./layout.ts";

/** An allocator that never has room. */
export class Dummy extends GlobalAlloc {
  readonly memory: Memory;

  constructor(memory: Memory) {
    super();
    this.memory = memory;
  }

  alloc(_layout: Layout): Ptr {
    return NULL;
  }

  /** @throws `Panic` always: nothing was ever handed out */
  dealloc(_at: Ptr, _layout: Layout): void {
    throw new Panic("dealloc should be never called");
  }
}
