/**
 * The bytes of fixed-size blocks: a list of free ones for each size.
 *
 * ```
 *   control block  +0 magic  u32   +4 version  u32   +8 lowest address handed out  u64   +16 end of the highest  u64
 *                  +24, for each of 8 16 32 64 128 256 512 1024 2048:   head  i32 │ in use  u32 │ in the list  u32
 *   a free block   +0 link   i32   +4 tag      u32
 * ```
 * A link is the distance of a block from the control block in units of 8 bytes, 0 is none; the tag says that a block is free,
 * and which.
 *
 * @module
 */
import type { Layout } from "@kmem/global-alloc";
import { hex, NULL, type Memory, type Ptr } from "@kmem/memory";
import { Faults, isMapped, readAddress, writeAddress, type Fault, type Stats } from "./control-block.ts";
import { BadFreeError, CorruptionError, type BadFreeCode } from "./errors.ts";

/** The block sizes in bytes; a block's alignment is its size. */
export const BLOCK_SIZES: readonly number[] = [8, 16, 32, 64, 128, 256, 512, 1024, 2048];
const LARGEST = 2048;
const LOWEST_AT = 8;
const HIGHEST_AT = 16;
const LISTS_AT = 24;
const LIST_BYTES = 12;
export const CONTROL_SIZE = 136;
/** What a free block's link to itself is mixed with in its tag. */
const TAG = 0x5a3c_f00d;
/** How far a block may lie from the control block, in bytes. */
const REACH = 2 ** 33;

/** The list for a layout: the first whose blocks are large and aligned enough. @returns −1 when none is, and for no layout */
export function listOf(size: number, align: number): number {
  const need = Math.max(size, align, 8);
  return need <= LARGEST ? 29 - Math.clz32(need - 1) : -1;
}

/** The lists of one allocator. */
export class BlockLists {
  readonly memory: Memory;
  readonly controlAt: Ptr;

  constructor(memory: Memory, controlAt: Ptr) {
    this.memory = memory;
    this.controlAt = controlAt;
  }

  /** Counts a block of the fallback as handed out. */
  noteFresh(list: number, block: Ptr): void {
    const { memory, controlAt } = this;
    const size = BLOCK_SIZES[list]!;
    const lowest = readAddress(memory, controlAt + LOWEST_AT);
    if (lowest === 0 || block < lowest) writeAddress(memory, controlAt + LOWEST_AT, block);
    if (lowest === 0 || block + size > readAddress(memory, controlAt + HIGHEST_AT))
      writeAddress(memory, controlAt + HIGHEST_AT, block + size);
    memory.writeU32(this.listAt(list) + 4, memory.readU32(this.listAt(list) + 4) + 1);
  }

  /** Takes the first block of a list for use, 0 for none. @throws as {@link BlockLists.drop} */
  pop(list: number): Ptr {
    const block = this.drop(list);
    if (block === NULL) return NULL;
    const { memory } = this;
    const inUseAt = this.listAt(list) + 4;
    memory.writeU32(inUseAt, memory.readU32(inUseAt) + 1);
    return block;
  }

  /** Takes the first block out of a list, 0 for none. @throws {@link CorruptionError} when it is no free block */
  drop(list: number): Ptr {
    const { memory } = this;
    const listAt = this.listAt(list);
    const head = memory.readU32(listAt) | 0;
    if (head === 0) return NULL;
    const block = this.freeBlock(list, head);
    memory.writeU32(listAt, memory.readU32(block));
    memory.writeU32(block + 4, 0);
    memory.writeU32(listAt + 8, memory.readU32(listAt + 8) - 1);
    return block;
  }

  /** Puts a block that was judged to the front of a list. */
  push(list: number, block: Ptr): void {
    const { memory } = this;
    const listAt = this.listAt(list);
    const link = (block - this.controlAt) / 8;
    memory.writeU32(block, memory.readU32(listAt));
    memory.writeU32(block + 4, tagOf(link));
    memory.writeU32(listAt, link);
    memory.writeU32(listAt + 4, memory.readU32(listAt + 4) - 1);
    memory.writeU32(listAt + 8, memory.readU32(listAt + 8) + 1);
  }

  /** Whether a block can be linked to. */
  isInReach(block: Ptr): boolean {
    return Math.abs(block - this.controlAt) <= REACH;
  }

  /** Refuses what is no block in use. @throws {@link BadFreeError} */
  expectBlock(at: Ptr, { size, align }: Layout, list: number): void {
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
}

function tagOf(link: number): number {
  return (link ^ TAG) >>> 0;
}
