/**
 * The bytes of a buddy allocator.
 *
 * ```
 *   +0     header, 64 bytes
 *   +64    free[0]    1 bit for each frame: is it a free block of order 0?                    (BitTree)
 *   …      free[1]    1 bit for each aligned pair of frames: is it a free block of order 1?
 *   …      …          up to the largest order, 18 at most (1 GiB)
 *   …      blocks     1 byte for each frame
 *
 *   byte of blocks    7     6      5 … 0
 *                     free  taken  order          of the block that starts with this frame; 0 where none does
 * ```
 * About 10 bits for each frame: 40 KiB for 128 MiB. Lists linked through the frames would need the frames to be mapped;
 * lists linked beside them 64 bits for each frame, and their order would depend on what was done before. Sets of bits are
 * the same bytes whenever the same blocks are free.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { BitTree, treeSize } from "../bits/bit-tree.ts";
import { HEADER_SIZE, type Coverage } from "./header.ts";

/** In a byte of `blocks`: a free block starts here. */
export const FREE = 0x80;
/** In a byte of `blocks`: a block in use starts here. */
export const TAKEN = 0x40;
/** In a byte of `blocks`: its order. */
export const ORDER_MASK = 0x3f;

/** Where the parts are. */
export interface BuddyParts {
  /** The free blocks of each order, by index / 2^order. */
  readonly free: readonly BitTree[];
  /** Address of `blocks`. */
  readonly blocksAt: Ptr;
}

/** Bytes of an allocator that covers these frames. */
export function buddySize(coverage: Coverage): number {
  return HEADER_SIZE + treeLengths(coverage).reduce((sum, length) => sum + treeSize(length), 0) + coverage.covered;
}

export function buddyParts(memory: Memory, at: Ptr, coverage: Coverage): BuddyParts {
  let partAt = at + HEADER_SIZE;
  const free = treeLengths(coverage).map((length) => {
    const tree = new BitTree(memory, partAt, length);
    partAt += treeSize(length);
    return tree;
  });
  return { free, blocksAt: partAt };
}

/** Blocks of each order that could be, at least 1. */
function treeLengths({ covered, maxOrder }: Coverage): number[] {
  return Array.from({ length: maxOrder + 1 }, (_, order) => Math.max(1, Math.ceil(covered / 2 ** order)));
}
