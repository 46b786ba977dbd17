/**
 * Direct access to the entries of tables.
 *
 * @module
 */
import { MemoryError, type Memory, type Ptr } from "@kmem/memory";
import { AddressError } from "../../errors.ts";
import { PhysicalMemoryError } from "../errors.ts";
import { TABLE_SIZE } from "../page-table.ts";

const NO_WORDS = new Uint32Array(0);

/**
 * A window into memory, and a table in it: entry `i` is `words[first + 2·i]` (low half) and the word behind.
 *
 * A walk keeps one for each level. Where all tables lie in one window, as in plain memory, going to a table is a
 * subtraction. What the tables hold is never remembered here.
 */
export class TableWindow {
  words: Uint32Array = NO_WORDS;
  /** Index in `words` of the table's first entry. */
  first = 0;
  private readonly memory: Memory;
  private start: Ptr = NaN;
  /** Last address at which a whole table is in the window. */
  private last: Ptr = NaN;
  private firstWord = 0;
  private generation = -1;
  private isWritable = false;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /**
   * Goes to the table at `at`.
   *
   * @throws PhysicalMemoryError when it is not wholly in memory; AddressError when `at` is no multiple of 4096
   */
  open(at: Ptr, forWriting: boolean): void {
    // A comparison with NaN is false, so what is no number goes on to `move`.
    if (
      at >= this.start &&
      at <= this.last &&
      (at & (TABLE_SIZE - 1)) === 0 &&
      (this.isWritable || !forWriting) &&
      this.generation === this.memory.generation
    )
      this.first = (this.firstWord + ((at - this.start) >>> 2)) | 0;
    else this.move(at, forWriting);
  }

  /** Where the table is. */
  get at(): Ptr {
    return this.start + (this.first - this.firstWord) * 4;
  }

  /** Goes to the same table again, in case something else has used the memory meanwhile. */
  reopen(): void {
    this.open(this.at, this.isWritable);
  }

  private move(at: Ptr, forWriting: boolean): void {
    if (!Number.isInteger(at) || at % TABLE_SIZE !== 0)
      throw new AddressError(
        "address/not-aligned",
        "expected the address of a page table, a multiple of 4096, got",
        at,
      );
    if (!Number.isSafeInteger(at)) throw new PhysicalMemoryError(at);
    this.start = NaN;
    const { views, address, firstIndex, byteLength } = windowAt(this.memory, at, forWriting);
    if (at + TABLE_SIZE > address + byteLength) throw new PhysicalMemoryError(at);
    this.words = views.u32;
    // `| 0`: quotients are integers, and V8 is to store them as such.
    this.firstWord = (firstIndex / 4) | 0;
    this.first = (this.firstWord + (at - address) / 4) | 0;
    this.generation = this.memory.generation;
    this.isWritable = forWriting;
    this.last = address + byteLength - TABLE_SIZE;
    this.start = address;
  }
}

/** What a virtual memory raises (a page fault) is not ours to translate; an error of plain memory is. */
export function windowAt(memory: Memory, at: Ptr, forWriting: boolean): ReturnType<Memory["window"]> {
  try {
    return memory.window(at, forWriting);
  } catch (error) {
    if (error instanceof MemoryError && error.code === "memory/out-of-bounds") throw new PhysicalMemoryError(at);
    throw error;
  }
}
