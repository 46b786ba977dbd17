/**
 * An allocator that notes every call in the recordings' notation, and refuses what no program may do.
 *
 * @module
 */
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { LinearMemory, type Ptr } from "@kmem/memory";

/** `["a",id,size,align]`, `["z",…]`, `["r",id,oldSize,align,newSize]`, `["d",id,size,align]` */
export type Event = readonly [string, ...number[]];

interface Block {
  readonly id: number;
  readonly size: number;
  readonly align: number;
}

const START = 0x1_0000;
const SIZE = 0xa00_0000;
/** Freed bytes are overwritten with this, so that a use after free shows. */
const FREED = 0xdd;
const POISON_LIMIT = 0x1_0000;

let shared: LinearMemory | undefined;

/** Blocks one behind another, never reused before {@link TraceHeap.reset}. */
export class TraceHeap extends GlobalAlloc {
  // One memory for all: traces run one after another.
  readonly memory: LinearMemory = (shared ??= new LinearMemory(new ArrayBuffer(SIZE), { base: START }));
  /** Calls since {@link TraceHeap.begin}. */
  events: Event[] = [];
  readonly live = new Map<Ptr, Block>();
  /** When above 0, calls are not noted: the recordings make borrowed arguments so. */
  silent = 0;
  private nextId = 1;
  private top = START;

  reset(): void {
    this.live.clear();
    this.events = [];
    this.silent = 0;
    this.nextId = 1;
    this.top = START;
  }

  /** Starts the window of one operation. */
  begin(): void {
    this.events = [];
  }

  alloc(layout: Layout): Ptr {
    return this.take(layout, "a");
  }

  override allocZeroed(layout: Layout): Ptr {
    const at = this.take(layout, "z");
    this.memory.fill(at, 0, layout.size);
    return at;
  }

  dealloc(at: Ptr, layout: Layout): void {
    const block = this.blockAt(at, layout);
    this.live.delete(at);
    this.poison(at, layout.size);
    this.note(["d", block.id, layout.size, layout.align]);
  }

  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    const block = this.blockAt(at, layout);
    if (newSize === 0) throw new Error("realloc to 0 bytes");
    // The block always moves, so that an address kept too long shows.
    const to = this.reserve(newSize, layout.align);
    this.memory.copy(to, at, Math.min(layout.size, newSize));
    this.live.delete(at);
    this.poison(at, layout.size);
    this.live.set(to, { id: block.id, size: newSize, align: layout.align });
    this.note(["r", block.id, layout.size, layout.align, newSize]);
    return to;
  }

  private take(layout: Layout, kind: string): Ptr {
    if (layout.size === 0) throw new Error("a request for 0 bytes reached the allocator");
    const at = this.reserve(layout.size, layout.align);
    // What is made silently has no number in the recordings.
    const id = this.silent > 0 ? 0 : this.nextId++;
    this.live.set(at, { id, size: layout.size, align: layout.align });
    this.note([kind, id, layout.size, layout.align]);
    return at;
  }

  private reserve(size: number, align: number): Ptr {
    if (this.live.size === 0) this.top = START;
    const at = Math.ceil(this.top / align) * align;
    if (at + size > START + SIZE) throw new Error("the test's memory is full");
    this.top = at + size;
    return at;
  }

  private blockAt(at: Ptr, layout: Layout): Block {
    const block = this.live.get(at);
    if (block === undefined) throw new Error(`no block at ${at}`);
    if (block.size !== layout.size || block.align !== layout.align)
      throw new Error(`block of ${block.size}, ${block.align} given back as ${layout.toString()}`);
    return block;
  }

  private poison(at: Ptr, size: number): void {
    this.memory.fill(at, FREED, Math.min(size, POISON_LIMIT));
  }

  private note(event: Event): void {
    if (this.silent === 0) this.events.push(event);
  }
}
