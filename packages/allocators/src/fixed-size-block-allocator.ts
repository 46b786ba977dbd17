/**
 * Lists of free blocks of a few fixed sizes, over another allocator.
 *
 * A request takes a block of the next size up; what is given back goes to the front of its list, and stays there for the next
 * request of that size. Larger requests, and blocks that no list has, come from the fallback.
 *
 * ```
 *   control block  +0 magic  u32   +4 version  u32   +8 lowest address handed out  u64   +16 end of the highest  u64
 *                  +24, for each of 8 16 32 64 128 256 512 1024 2048:   head  i32 │ in use  u32 │ in the list  u32
 *   a free block   +0 link   i32   +4 tag      u32
 * ```
 * A link is the distance of a block from the control block in units of 8 bytes, 0 is none; the tag says that a block is free,
 * and which.
 *
 * @see https://os.phil-opp.com/allocator-designs/#fixed-size-block-allocator
 * @module
 */
import { GlobalAlloc, Layout } from "@kmem/global-alloc";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import {
  expectControl,
  expectControlAddress,
  expectFreeLayout,
  expectLayout,
  expectMemory,
  expectSound,
  Faults,
  isMapped,
  readAddress,
  writeAddress,
  writeControl,
  type Fault,
  type Stats,
} from "./control-block.ts";
import { AllocatorError, BadFreeError, CorruptionError, type BadFreeCode } from "./errors.ts";

/** "kmFx", little-endian. */
const MAGIC = 0x7846_6d6b;
/** The block sizes in bytes; a block's alignment is its size. */
export const BLOCK_SIZES: readonly number[] = [8, 16, 32, 64, 128, 256, 512, 1024, 2048];
const LARGEST = 2048;
const LOWEST_AT = 8;
const HIGHEST_AT = 16;
const LISTS_AT = 24;
const LIST_BYTES = 12;
const CONTROL_SIZE = 136;
/** What a free block's link to itself is mixed with in its tag. */
const TAG = 0x5a3c_f00d;
/** How far a block may lie from the control block, in bytes. */
const REACH = 2 ** 33;

/** Layouts of the blocks, made once. */
const LAYOUTS: readonly Layout[] = BLOCK_SIZES.map((size) => Layout.fromSizeAlign(size, size));

/** Constant-time allocator for small blocks, over any other. One thread at a time may use it. */
export class FixedSizeBlockAllocator<F extends GlobalAlloc = GlobalAlloc> extends GlobalAlloc {
  /** Bytes of a control block. */
  static readonly CONTROL_SIZE: number = CONTROL_SIZE;

  readonly memory: Memory;
  /** Where the control block lies. */
  readonly controlAt: Ptr;
  /** Where blocks come from. */
  readonly fallback: F;

  private constructor(fallback: F, controlAt: Ptr) {
    super();
    this.memory = fallback.memory;
    this.controlAt = controlAt;
    this.fallback = fallback;
  }

  /**
   * Makes an allocator with empty lists.
   *
   * @param fallback - where blocks come from; any allocator, used by nobody else but through its own interface
   * @param controlAt - where 136 bytes of state go, in the fallback's memory and outside of its range; a multiple of 8
   * @throws {@link AllocatorError} `allocator/control-address`, `allocator/options`
   */
  static new<F extends GlobalAlloc>(fallback: F, controlAt: Ptr): FixedSizeBlockAllocator<F> {
    expectFallback(fallback);
    expectControlAddress(controlAt);
    writeControl(fallback.memory, controlAt, CONTROL_SIZE, MAGIC, 0, 0);
    return new FixedSizeBlockAllocator(fallback, controlAt);
  }

  /** A handle on an allocator that is there already. @throws {@link AttachError} when there is none, or it is damaged */
  static attach<F extends GlobalAlloc>(fallback: F, controlAt: Ptr): FixedSizeBlockAllocator<F> {
    expectFallback(fallback);
    expectControl(fallback.memory, controlAt, CONTROL_SIZE, MAGIC);
    const allocator = new FixedSizeBlockAllocator(fallback, controlAt);
    expectSound(allocator.check(), controlAt);
    return allocator;
  }

  /** @throws LayoutError when the layout is none, {@link CorruptionError} when a list is damaged */
  alloc(layout: Layout): Ptr {
    expectLayout(layout);
    const { size, align } = layout;
    const list = listOf(size, align);
    if (list < 0) return this.fallback.alloc(layout);
    const { memory } = this;
    const listAt = this.listAt(list);
    const head = memory.readU32(listAt) | 0;
    if (head === 0) return this.allocFresh(list);
    const block = this.freeBlock(list, head);
    memory.writeU32(listAt, memory.readU32(block));
    memory.writeU32(block + 4, 0);
    memory.writeU32(listAt + 4, memory.readU32(listAt + 4) + 1);
    memory.writeU32(listAt + 8, memory.readU32(listAt + 8) - 1);
    return block;
  }

  /**
   * Puts a block into its list.
   *
   * @throws {@link BadFreeError} when it is there already, cannot have been handed out, or no block of its size is in use.
   *   Not seen: another block size, an address inside of a block.
   */
  dealloc(at: Ptr, layout: Layout): void {
    expectFreeLayout(at, layout);
    const list = listOf(layout.size, layout.align);
    if (list < 0) return this.fallback.dealloc(at, layout);
    this.expectBlock(at, layout, list);
    const { memory } = this;
    const listAt = this.listAt(list);
    const link = (at - this.controlAt) / 8;
    memory.writeU32(at, memory.readU32(listAt));
    memory.writeU32(at + 4, tagOf(link));
    memory.writeU32(listAt, link);
    memory.writeU32(listAt + 4, memory.readU32(listAt + 4) - 1);
    memory.writeU32(listAt + 8, memory.readU32(listAt + 8) + 1);
  }

  /** Stays in place while the block size stays. @throws as the default and {@link FixedSizeBlockAllocator.dealloc} */
  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    this.expectFreeable(at, layout);
    const { size, align } = Layout.fromSizeAlign(newSize, layout.align);
    const from = listOf(layout.size, align);
    const to = listOf(size, align);
    if (from < 0 && to < 0) return this.fallback.realloc(at, layout, newSize);
    return from === to ? at : super.realloc(at, layout, newSize);
  }

  /**
   * Refuses what {@link FixedSizeBlockAllocator.dealloc} would refuse, and gives nothing back. A large block is judged by
   * the fallback, if that has such a method.
   *
   * @throws {@link BadFreeError}, or what the fallback throws
   */
  expectFreeable(at: Ptr, layout: Layout): void {
    expectFreeLayout(at, layout);
    const list = listOf(layout.size, layout.align);
    if (list >= 0) this.expectBlock(at, layout, list);
    else (this.fallback as Partial<Judging>).expectFreeable?.(at, layout);
  }

  /** Gives all free blocks back to the fallback. @returns their bytes */
  trim(): number {
    const { memory } = this;
    let bytes = 0;
    for (const [list, layout] of LAYOUTS.entries()) {
      const listAt = this.listAt(list);
      for (let head = memory.readU32(listAt) | 0; head !== 0; head = memory.readU32(listAt) | 0) {
        const block = this.freeBlock(list, head);
        memory.writeU32(listAt, memory.readU32(block));
        memory.writeU32(listAt + 8, memory.readU32(listAt + 8) - 1);
        this.fallback.dealloc(block, layout);
        bytes += layout.size;
      }
    }
    return bytes;
  }

  /** Walks all lists. @returns what is wrong; none when all is well. The fallback has a check of its own. */
  check(): Fault[] {
    const { memory } = this;
    const faults = new Faults();
    const lowest = readAddress(memory, this.controlAt + LOWEST_AT);
    const highest = readAddress(memory, this.controlAt + HIGHEST_AT);
    if (lowest !== 0 && !(lowest < highest && isMapped(memory, lowest, highest - lowest))) {
      faults.add("control-block", this.controlAt, `no blocks lie in ${hex(lowest)}..${hex(highest)}`);
      return faults.list;
    }
    for (const [list, size] of BLOCK_SIZES.entries()) {
      const listAt = this.listAt(list);
      const count = memory.readU32(listAt + 8);
      let found = 0;
      for (let link = memory.readU32(listAt) | 0; link !== 0; link = memory.readU32(this.blockAt(link)) | 0) {
        const block = this.blockAt(link);
        if (!this.isFree(block, size, link)) {
          faults.add("free-list", block, `the list of ${size} bytes leads to what is no free block of it`);
          break;
        }
        if (++found > count) break;
      }
      if (found !== count) faults.add("sum", listAt, `expected ${count} free blocks of ${size} bytes, got ${found}`);
    }
    return faults.list;
  }

  /** Figures of the small blocks: those in use, and those kept for later. */
  stats(): Stats {
    const { memory, controlAt } = this;
    const start = readAddress(memory, controlAt + LOWEST_AT);
    const size = readAddress(memory, controlAt + HIGHEST_AT) - start;
    let used = 0;
    let free = 0;
    let blocks = 0;
    let freeBlocks = 0;
    let largestFree = 0;
    for (const [list, blockSize] of BLOCK_SIZES.entries()) {
      const inUse = memory.readU32(this.listAt(list) + 4);
      const kept = memory.readU32(this.listAt(list) + 8);
      blocks += inUse;
      used += inUse * blockSize;
      freeBlocks += kept;
      free += kept * blockSize;
      if (kept > 0) largestFree = blockSize;
    }
    return { start, size, used, free, blocks, freeBlocks, largestFree };
  }

  /** Takes a block from the fallback. */
  private allocFresh(list: number): Ptr {
    const { memory, controlAt, fallback } = this;
    const layout = LAYOUTS[list]!;
    const block = fallback.alloc(layout);
    if (block === NULL) return NULL;
    if (Math.abs(block - controlAt) > REACH) {
      fallback.dealloc(block, layout);
      return NULL;
    }
    const lowest = readAddress(memory, controlAt + LOWEST_AT);
    if (lowest === 0 || block < lowest) writeAddress(memory, controlAt + LOWEST_AT, block);
    if (lowest === 0 || block + layout.size > readAddress(memory, controlAt + HIGHEST_AT))
      writeAddress(memory, controlAt + HIGHEST_AT, block + layout.size);
    memory.writeU32(this.listAt(list) + 4, memory.readU32(this.listAt(list) + 4) + 1);
    return block;
  }

  private expectBlock(at: Ptr, { size, align }: Layout, list: number): void {
    const { memory } = this;
    const refuse = (code: BadFreeCode, detail: string): BadFreeError => new BadFreeError(code, detail, at, size, align);
    const blockSize = BLOCK_SIZES[list]!;
    if (at === NULL) throw refuse("bad-free/null", "expected the address of a block");
    if (!Number.isSafeInteger(at) || at % blockSize !== 0)
      throw refuse("bad-free/misaligned", `expected a multiple of the block size ${blockSize}`);
    if (!this.isWithin(at, blockSize)) throw refuse("bad-free/outside", "no block was ever handed out there");
    const link = (at - this.controlAt) / 8;
    if (memory.readU32(at + 4) === tagOf(link) && this.isListed(list, link))
      throw refuse("bad-free/double", "the block is free already");
    if (memory.readU32(this.listAt(list) + 4) === 0)
      throw refuse("bad-free/layout", `no block of ${blockSize} bytes is in use`);
  }

  private isListed(list: number, wanted: number): boolean {
    const { memory } = this;
    let left = memory.readU32(this.listAt(list) + 8);
    for (let link = memory.readU32(this.listAt(list)) | 0; link !== 0 && left-- > 0;) {
      if (link === wanted) return true;
      if (!this.isFree(this.blockAt(link), BLOCK_SIZES[list]!, link)) return false;
      link = memory.readU32(this.blockAt(link)) | 0;
    }
    return false;
  }

  /** The block at the head of a list. @throws {@link CorruptionError} when it is none */
  private freeBlock(list: number, head: number): Ptr {
    const block = this.blockAt(head);
    if (!this.isFree(block, BLOCK_SIZES[list]!, head))
      throw new CorruptionError("a free block was written to, or a list leads to what is none", block);
    return block;
  }

  /** Whether a link leads to a free block; whatever it is. */
  private isFree(block: Ptr, size: number, link: number): boolean {
    return this.isWithin(block, size) && block % size === 0 && this.memory.readU32(block + 4) === tagOf(link);
  }

  private isWithin(block: Ptr, size: number): boolean {
    const { memory, controlAt } = this;
    const lowest = readAddress(memory, controlAt + LOWEST_AT);
    return lowest !== 0 && block >= lowest && block + size <= readAddress(memory, controlAt + HIGHEST_AT);
  }

  private listAt(list: number): Ptr {
    return this.controlAt + LISTS_AT + list * LIST_BYTES;
  }

  private blockAt(link: number): Ptr {
    return this.controlAt + link * 8;
  }
}

/** What an allocator has that can judge a free without doing it. */
interface Judging {
  expectFreeable(at: Ptr, layout: Layout): void;
}

function expectFallback(fallback: GlobalAlloc): void {
  if (typeof (fallback as Partial<GlobalAlloc> | null | undefined)?.alloc !== "function")
    throw new AllocatorError("allocator/options", "fallback: expected an allocator", fallback);
  expectMemory(fallback.memory);
}

/** The list for a layout: the first whose blocks are large and aligned enough. @returns −1 when none is, and for no layout */
function listOf(size: number, align: number): number {
  const need = Math.max(size, align, 8);
  return need <= LARGEST ? 29 - Math.clz32(need - 1) : -1;
}

function tagOf(link: number): number {
  return (link ^ TAG) >>> 0;
}
