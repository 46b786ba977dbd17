/**
 * A small allocator to wrap: first fit, its list of free ranges kept beside the memory.
 */
import { GlobalAlloc, type Layout } from "@kmem/global-alloc";
import { alignUp, LinearMemory, NULL, type Memory, type Ptr } from "@kmem/memory";

export class FirstFit extends GlobalAlloc {
  readonly memory: Memory;
  /** What was handed out: size by address. */
  readonly taken = new Map<Ptr, number>();
  private free: { at: Ptr; end: Ptr }[];

  constructor(memory: Memory, start: Ptr, size: number) {
    super();
    this.memory = memory;
    this.free = [{ at: start, end: start + size }];
  }

  /** `size` bytes at 0x1000. */
  static ofSize(size: number): FirstFit {
    return new FirstFit(new LinearMemory(new ArrayBuffer(size), { base: 0x1000 }), 0x1000, size);
  }

  get freeBytes(): number {
    return this.free.reduce((sum, { at, end }) => sum + (end - at), 0);
  }

  alloc({ size, align }: Layout): Ptr {
    const index = this.free.findIndex(({ at, end }) => alignUp(at, align) + size <= end);
    if (index < 0) return NULL;
    const { at, end } = this.free[index]!;
    const start = alignUp(at, align);
    const rest = [
      { at, end: start },
      { at: start + size, end },
    ].filter((range) => range.at < range.end);
    this.free.splice(index, 1, ...rest);
    this.taken.set(start, size);
    return start;
  }

  dealloc(at: Ptr, { size }: Layout): void {
    if (this.taken.get(at) !== size) throw new Error(`the allocator gets a bad free: ${at}, ${size} bytes`);
    this.taken.delete(at);
    const sorted = [...this.free, { at, end: at + size }].sort((a, b) => a.at - b.at);
    this.free = [];
    for (const range of sorted) {
      const last = this.free[this.free.length - 1];
      if (last?.end === range.at) last.end = range.end;
      else this.free.push({ ...range });
    }
  }
}
