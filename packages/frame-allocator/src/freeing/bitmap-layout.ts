/**
 * The bytes of a bitmap allocator.
 *
 * ```
 *   +0     header, 64 bytes
 *   +64    usable      1 bit for each frame: is it this allocator's?                            (BitRow)
 *   …      free[0]     1 bit for each frame of 4 KiB that is free                               (BitTree)
 *   …      free[1]     1 bit for each aligned block of 512 frames (2 MiB) that is wholly free   (BitTree)
 *   …      free[2]     1 bit for each aligned block of 512 of those (1 GiB) likewise            (BitTree)
 *
 *   free[2]   0 ……
 *   free[1]   0                           1                           0
 *   free[0]   00111110111 … (512 bits)    11111111111 … (512 bits)    1111000 ……
 *   usable    11111111111 …               11111111111 …               1111111 ……
 * ```
 * About 2 bits for each frame: 8.6 KiB for 128 MiB.
 *
 * @module
 */
import { alignUp, type Memory, type Ptr } from "@kmem/memory";
import { BitRow, rowSize } from "../bits/bit-row.ts";
import { BitTree, treeSize } from "../bits/bit-tree.ts";
import { HEADER_SIZE, type Coverage } from "./header.ts";

/** Frames in a block of 2 MiB, and blocks of 2 MiB in one of 1 GiB. */
export const FAN = 512;

/** The sets of bits. */
export interface BitmapParts {
  readonly usable: BitRow;
  readonly free: readonly [BitTree, BitTree, BitTree];
}

/** Bytes of an allocator that covers these frames. */
export function bitmapSize(coverage: Coverage): number {
  const [frames, blocks, largeBlocks] = lengthsOf(coverage);
  return HEADER_SIZE + rowSize(frames) + treeSize(frames) + treeSize(blocks) + treeSize(largeBlocks);
}

export function bitmapParts(memory: Memory, at: Ptr, coverage: Coverage): BitmapParts {
  const [frames, blocks, largeBlocks] = lengthsOf(coverage);
  const usableAt = at + HEADER_SIZE;
  const framesAt = usableAt + rowSize(frames);
  const blocksAt = framesAt + treeSize(frames);
  const largeBlocksAt = blocksAt + treeSize(blocks);
  return {
    usable: new BitRow(memory, usableAt, frames),
    free: [
      new BitTree(memory, framesAt, frames),
      new BitTree(memory, blocksAt, blocks),
      new BitTree(memory, largeBlocksAt, largeBlocks),
    ],
  };
}

/** Bits of each row: whole blocks, so that a block can be looked at without asking where the row ends. */
function lengthsOf({ covered }: Coverage): [frames: number, blocks: number, largeBlocks: number] {
  const frames = alignUp(Math.max(covered, 1), FAN);
  const blocks = alignUp(frames / FAN, FAN);
  return [frames, blocks, blocks / FAN];
}
