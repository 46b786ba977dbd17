/**
 * The heap as a picture: its blocks and holes in the order of their addresses.
 *
 * @module
 */
import type { LockedHeap } from "@kmem/linked-list-allocator";
import type { Ptr } from "@kmem/memory";

/** A run of bytes of the heap. */
export interface HeapPiece {
  readonly kind: "block" | "hole";
  readonly at: Ptr;
  /** Bytes. */
  readonly size: number;
  /** What it holds, where that is known. */
  readonly name?: string;
}

export interface HeapMap {
  /** First address. */
  readonly start: Ptr;
  /** Bytes. */
  readonly size: number;
  /** Bytes in blocks. */
  readonly used: number;
  readonly pieces: readonly HeapPiece[];
}

/**
 * Reads the map from the heap's hole list.
 *
 * @param names - what lies where: an address, and what it is. Bytes between two holes are cut into blocks at these addresses
 */
export function heapMap(heap: LockedHeap, names: Readonly<Record<string, Ptr>> = {}): HeapMap {
  using guard = heap.lock();
  const { bottom: start, size, used } = guard;
  const starts = Object.entries(names).sort(([, a], [, b]) => a - b);
  const pieces: HeapPiece[] = [];
  const blocks = (from: Ptr, to: Ptr): void => {
    if (from === to) return;
    const inside = starts.filter(([, at]) => at >= from && at < to);
    if (inside[0]?.[1] !== from) inside.unshift(["", from]);
    inside.forEach(([name, at], i) => {
      const end = inside[i + 1]?.[1] ?? to;
      pieces.push({ kind: "block", at, size: end - at, ...(name === "" ? {} : { name }) });
    });
  };
  let at = start;
  for (const { address: hole, size: holeSize } of guard.holes()) {
    blocks(at, hole);
    pieces.push({ kind: "hole", at: hole, size: holeSize });
    at = hole + holeSize;
  }
  blocks(at, start + size);
  return { start, size, used, pieces };
}
