import { alignUp, LinearMemory, NULL, type Ptr } from "@kmem/memory";
import { GlobalAlloc, type Layout } from "../src/index.ts";

/** An allocator with the two methods that it must have: it hands out one block behind the other, and records its calls. */
export class Bump extends GlobalAlloc {
  readonly memory = new LinearMemory(new ArrayBuffer(1024));
  readonly calls: string[] = [];
  /** Addresses of the blocks in use. */
  readonly live = new Set<Ptr>();
  private next = 64;

  alloc(layout: Layout): Ptr {
    const at = alignUp(this.next, layout.align);
    const fits = at + layout.size <= this.memory.byteLength;
    this.calls.push(`alloc ${layout.size} ${layout.align} → ${fits ? at : "NULL"}`);
    if (!fits) return NULL;
    this.next = at + layout.size;
    this.live.add(at);
    return at;
  }

  dealloc(at: Ptr, layout: Layout): void {
    this.calls.push(`dealloc ${at} ${layout.size} ${layout.align}`);
    if (!this.live.delete(at)) throw new Error(`${at} is no block`);
  }
}
