/**
 * Direct access to the entries of the tables last used.
 *
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import { PhysicalMemoryError } from "../errors.ts";
import { TABLE_SIZE } from "../page-table.ts";

/**
 * One table, found: entry `i` is `words[first + 2·i]` (low half) and the word behind.
 *
 * A mapper keeps one for each level. Walking then costs two array reads a level as long as the tables stay the same,
 * which is checked: nothing is remembered of their contents.
 */
export class TableCursor {
  words: Uint32Array = NO_WORDS;
  first = 0;
  private readonly memory: Memory;
  private at: Ptr = NaN;
  private generation = NaN;
  private isWritable = false;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /**
   * Goes to the table at `at`.
   *
   * @throws PhysicalMemoryError when it is not wholly in memory
   */
  open(at: Ptr, forWriting: boolean): void {
    if (at !== this.at || this.generation !== this.memory.generation || (forWriting && !this.isWritable))
      this.locate(at, forWriting);
  }

  /** Goes to the same table again, in case something else has used the memory meanwhile. */
  reopen(): void {
    this.open(this.at, this.isWritable);
  }

  private locate(at: Ptr, forWriting: boolean): void {
    // What a virtual memory raises (a page fault) is not ours to translate; an error of plain memory is.
    this.at = NaN;
    const { views, address, firstIndex, byteLength } = windowAt(this.memory, at, forWriting);
    if (at + TABLE_SIZE > address + byteLength) throw new PhysicalMemoryError(at);
    this.words = views.u32;
    this.first = (firstIndex + (at - address)) / 4;
    this.generation = this.memory.generation;
    this.isWritable = forWriting;
    this.at = at;
  }
}

const NO_WORDS = new Uint32Array(0);

function windowAt(memory: Memory, at: Ptr, forWriting: boolean): ReturnType<Memory["window"]> {
  try {
    return memory.window(at, forWriting);
  } catch (error) {
    if (error instanceof Error && (error as { code?: unknown }).code === "memory/out-of-bounds")
      throw new PhysicalMemoryError(at);
    throw error;
  }
}
