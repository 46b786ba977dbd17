/**
 * The global descriptor table, in memory.
 *
 * ```
 *   0   the null descriptor
 *   8   entry 1, selector 0x08
 *   …   up to the table's capacity: 8 entries, unless told
 * ```
 *
 * @see Intel SDM volume 3A, 3.5.1; https://docs.rs/x86_64/0.15.4/x86_64/structures/gdt/struct.GlobalDescriptorTable.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import type { Hardware } from "../hardware.ts";
import type { Descriptor } from "./descriptor.ts";
import { checkWord, StructureError } from "./errors.ts";
import { checkPointer } from "./interrupt-stack-frame.ts";
import { SegmentSelector } from "./segment-selector.ts";

const DEFAULT_CAPACITY = 8;
/** As many as selectors can name. */
const MOST = 0x2000;

/** A table of entries, the first of which is null. Rust's `GlobalDescriptorTable<MAX>`. */
export class GlobalDescriptorTable {
  /** Bytes of a table of 8 entries. */
  static readonly SIZE = 64;
  readonly address: Ptr;
  /** Entries, with the null descriptor: Rust's `MAX`. */
  readonly capacity: number;
  private readonly memory: Memory;
  /** Entries that this object has put there: the bytes alone do not tell a null descriptor at the end from none. */
  private known = 1;

  /**
   * The table whose bytes are at `address`; zeros are an empty one.
   *
   * @param capacity - entries: 1 … 8192
   * @throws {@link StructureError} `structure/address`, `structure/gdt-entries`
   */
  constructor(memory: Memory, address: Ptr, capacity: number = DEFAULT_CAPACITY) {
    checkPointer(address);
    checkCapacity(capacity);
    this.memory = memory;
    this.address = address;
    this.capacity = capacity;
  }

  /** Writes an empty table of 8 entries. */
  static new(memory: Memory, address: Ptr): GlobalDescriptorTable {
    return GlobalDescriptorTable.empty(memory, address);
  }

  /** Writes an empty table. @param capacity - entries: 1 … 8192, 8 bytes each */
  static empty(memory: Memory, address: Ptr, capacity: number = DEFAULT_CAPACITY): GlobalDescriptorTable {
    const gdt = new GlobalDescriptorTable(memory, address, capacity);
    memory.fill(address, 0, 8 * capacity);
    return gdt;
  }

  /**
   * Writes a table of such entries, which may be malformed.
   *
   * @param entries - u64, the first of them 0
   * @throws {@link StructureError} `structure/gdt-entries` where Rust panics, `structure/descriptor` for what is no u64;
   * nothing has been written then
   */
  static fromRawEntries(
    memory: Memory,
    address: Ptr,
    entries: readonly bigint[],
    capacity: number = DEFAULT_CAPACITY,
  ): GlobalDescriptorTable {
    checkPointer(address);
    checkCapacity(capacity);
    checkEntries(entries, capacity);
    const gdt = GlobalDescriptorTable.empty(memory, address, capacity);
    entries.forEach((bits, index) => {
      memory.writeU32(address + 8 * index, Number(bits & 0xffff_ffffn));
      memory.writeU32(address + 8 * index + 4, Number(bits >> 32n));
    });
    gdt.known = entries.length;
    return gdt;
  }

  /**
   * Entries in use, the null descriptor and both of a TSS among them: what this object has written, and behind that up
   * to the last that is not zero.
   */
  get length(): number {
    for (let index = this.capacity - 1; index >= this.known; index--) {
      const at = this.address + 8 * index;
      if (this.memory.readU32(at) !== 0 || this.memory.readU32(at + 4) !== 0) return index + 1;
      // The second half of a TSS below 4 GiB is zero.
      if (index > this.known && this.isSystemSegment(index - 1)) return index + 1;
    }
    return this.known;
  }

  /** The entries in use as u64; a TSS has two. */
  entries(): bigint[] {
    const entries: bigint[] = [];
    for (let index = 0, { length } = this; index < length; index++) {
      const at = this.address + 8 * index;
      entries.push((BigInt(this.memory.readU32(at + 4)) << 32n) | BigInt(this.memory.readU32(at)));
    }
    return entries;
  }

  /**
   * Adds a descriptor behind the last.
   *
   * @returns the selector for it
   * @throws {@link StructureError} `structure/gdt-full`, which begins with what Rust's panic says; nothing has been
   * written then
   */
  append(descriptor: Descriptor): SegmentSelector {
    const index = this.length;
    const { words, dpl } = descriptor;
    const added = words.length / 2;
    if (index + added > this.capacity)
      throw new StructureError(
        "structure/gdt-full",
        `room for ${added} more of ${this.capacity} entries`,
        index,
        added === 1 ? "GDT full" : "GDT requires two free spaces to hold a SystemSegment",
      );
    for (let i = 0; i < words.length; i++) this.memory.writeU32(this.address + 8 * index + 4 * i, words[i]!);
    this.known = index + added;
    return SegmentSelector.new(index, dpl);
  }

  /** Offset of the table's last byte in use: what `lgdt` is given. */
  get limit(): number {
    return this.length * 8 - 1;
  }

  /** `lgdt`. The segment registers keep what they have: reload them. */
  load(hardware: Pick<Hardware, "loadGdt">): void {
    hardware.loadGdt(this.address, this.limit);
  }

  /** Present, and with S clear. */
  private isSystemSegment(index: number): boolean {
    const high = this.memory.readU32(this.address + 8 * index + 4);
    return (high & 0x9000) === 0x8000;
  }
}

function checkCapacity(capacity: number): void {
  if (Number.isInteger(capacity) && capacity >= 1 && capacity <= MOST) return;
  const panic = capacity > MOST ? "A GDT can only have at most 2^13 entries" : "A GDT cannot have 0 entries";
  const isRusts = Number.isInteger(capacity) && capacity >= 0;
  throw new StructureError("structure/gdt-entries", `1 … ${MOST} entries`, capacity, isRusts ? panic : undefined);
}

function checkEntries(entries: readonly bigint[], capacity: number): void {
  const given: unknown = entries;
  if (!Array.isArray(given)) throw new StructureError("structure/gdt-entries", "an array of entries", entries);
  for (let index = 0; index < entries.length; index++)
    checkWord("structure/descriptor", `entry ${index}`, entries[index]!);
  const refuse = (panic: string, expected: string, value: unknown): never => {
    throw new StructureError("structure/gdt-entries", expected, value, panic);
  };
  if (entries.length === 0) refuse("cannot initialize GDT with empty slice", "the null descriptor at least", 0);
  if (entries[0] !== 0n) refuse("first GDT entry must be zero", "the null descriptor", entries[0]);
  if (entries.length > capacity) {
    const panic = "cannot initialize GDT with slice exceeding the maximum length";
    refuse(panic, `at most ${capacity} entries`, entries.length);
  }
}
