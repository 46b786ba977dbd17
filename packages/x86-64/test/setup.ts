/** Page tables in a memory of their own, with frames that are counted. */
import { LinearMemory } from "@kmem/memory";
import {
  OffsetPageTable,
  Page,
  PageTable,
  PageTableFlags,
  PhysFrame,
  Size4KiB,
  type FrameAllocator,
  type FrameDeallocator,
  type PageSize,
} from "../src/index.ts";

export const { PRESENT, WRITABLE, USER_ACCESSIBLE, GLOBAL, NO_EXECUTE, HUGE_PAGE } = PageTableFlags;
export const DATA: number = PRESENT | WRITABLE;
/** Frame of the level 4 table. */
export const ROOT = 0x1000;

/** Frames of 4 KiB; those given back are handed out again. */
export class Frames implements FrameAllocator, FrameDeallocator {
  readonly free: number[] = [];
  readonly taken = new Set<number>();

  constructor(first: number, end: number) {
    for (let at = end - (end % 0x1000) - 0x1000; at >= first; at -= 0x1000) this.free.push(at);
  }

  allocateFrame(): PhysFrame | undefined {
    const at = this.free.pop();
    if (at === undefined) return undefined;
    this.taken.add(at);
    return PhysFrame.fromStartAddress(at);
  }

  deallocateFrame(frame: PhysFrame): void {
    if (!this.taken.delete(frame.startAddress)) throw new Error(`${frame.toString()} was not taken`);
    this.free.push(frame.startAddress);
  }
}

/** A memory with an empty level 4 table at {@link ROOT}, and frames behind it for the others. */
export class Tables {
  readonly memory: LinearMemory;
  readonly frames: Frames;
  readonly root: PageTable;
  readonly mapper: OffsetPageTable;

  /** @param bytes - of the memory @param tables - how many frames there are at most */
  constructor(bytes = 0x10_0000, tables = Infinity) {
    this.memory = new LinearMemory(new ArrayBuffer(bytes));
    this.frames = new Frames(ROOT + 0x1000, Math.min(bytes, ROOT + 0x1000 * (tables + 1)));
    this.root = new PageTable(this.memory, ROOT);
    this.mapper = new OffsetPageTable(this.root, 0);
  }

  map(at: number, physical: number, flags: number | bigint = DATA, size: PageSize = Size4KiB): void {
    this.mapper
      .mapTo(Page.fromStartAddress(at, size), PhysFrame.fromStartAddress(physical, size), flags, this.frames)
      .ignore();
  }

  /** A copy of all bytes. */
  bytes(): Uint8Array {
    return this.memory.views.u8.slice();
  }

  /** Whether all bytes are those. */
  isUnchanged(bytes: Uint8Array): boolean {
    return this.memory.views.u8.every((byte, at) => byte === bytes[at]);
  }
}
