/**
 * A global allocator that remembers what it was asked for, so that pictures of the heap can name every block.
 *
 * @module
 */
import { AllocatorScope, GlobalAlloc, setGlobalAllocator, type Layout } from "@kmem/global-alloc";
import type { LockedHeap } from "@kmem/linked-list-allocator";
import { NULL, Panic, type Memory, type Ptr } from "@kmem/memory";
import { boot, type Kernel } from "./boot.ts";
import type { Localized, Show } from "./chapter.ts";
import { heapMap, type HeapMap } from "./heap-map.ts";

/** Passes every call on to the kernel's heap. */
export class NamedBlocks extends GlobalAlloc {
  /** How often a block was asked for or moved. */
  calls = 0;
  private readonly heap: LockedHeap;
  /** The blocks in use. */
  private readonly blocks = new Map<string, Ptr>();
  private nameOf: (layout: Layout) => string = () => "block";

  constructor(heap: LockedHeap) {
    super();
    this.heap = heap;
  }

  get memory(): Memory {
    return this.heap.memory;
  }

  /** What blocks are called that are asked for from now on; a number follows where the name is in use. */
  call(name: string | ((layout: Layout) => string)): void {
    this.nameOf = typeof name === "string" ? () => name : name;
  }

  /** @throws {@link Panic} when no block has that name */
  addressOf(name: string): Ptr {
    const at = this.blocks.get(name);
    if (at === undefined) throw new Panic(`no block is called "${name}"`);
    return at;
  }

  /** The heap as it is now. */
  map(): HeapMap {
    return heapMap(this.heap, Object.fromEntries(this.blocks));
  }

  alloc(layout: Layout): Ptr {
    this.calls++;
    const at = this.heap.alloc(layout);
    if (at !== NULL) this.blocks.set(this.freeName(this.nameOf(layout)), at);
    return at;
  }

  dealloc(at: Ptr, layout: Layout): void {
    this.heap.dealloc(at, layout);
    this.blocks.delete(this.nameAt(at));
  }

  /** The block keeps its name. */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.calls++;
    const to = this.heap.realloc(at, layout, newSize);
    if (to !== NULL) this.blocks.set(this.nameAt(at), to);
    return to;
  }

  private nameAt(at: Ptr): string {
    for (const [name, place] of this.blocks) if (place === at) return name;
    return "";
  }

  private freeName(name: string): string {
    if (!this.blocks.has(name)) return name;
    let number = 2;
    while (this.blocks.has(`${name} ${number}`)) number++;
    return `${name} ${number}`;
  }
}

/** A kernel whose global allocator names its blocks. */
export interface NamedKernel extends Kernel {
  readonly blocks: NamedBlocks;
  /** Shows the heap as it is now. */
  readonly picture: (title: Localized) => void;
}

/** Boots a kernel that runs `body`, and shows how much of the heap is in use behind it. */
export function bootNamed(show: Show, body: (kernel: NamedKernel) => void): void {
  boot((kernel) => {
    const blocks = new NamedBlocks(kernel.allocator);
    const picture = (title: Localized): void => show.heap(title, blocks.map());
    new AllocatorScope().run(() => {
      setGlobalAllocator(blocks);
      body({ ...kernel, blocks, picture });
    });
    show.fact("left", blocks.map().used, {
      en: "When every owner is gone, {} bytes are in use.",
      zh: "所有的所有者都消失之后，仍在使用的有 {} 字节。",
    });
  });
}
