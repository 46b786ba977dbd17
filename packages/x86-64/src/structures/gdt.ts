/**
 * The global descriptor table, in memory.
 *
 * ```
 *   0   the null descriptor
 *   8   entry 1, selector 0x08
 *   …   up to entry 7
 * ```
 *
 * @see Intel SDM volume 3A, 3.5.1; https://docs.rs/x86_64/0.15.4/x86_64/structures/gdt/struct.GlobalDescriptorTable.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import type { Hardware } from "../hardware.ts";
import type { Descriptor } from "./descriptor.ts";
import { StructureError } from "./errors.ts";
import { checkPointer } from "./interrupt-stack-frame.ts";
import { SegmentSelector } from "./segment-selector.ts";

const ENTRIES = 8;

/** A table of up to 8 entries, the first of which is null. */
export class GlobalDescriptorTable {
  /** Bytes. */
  static readonly SIZE = 64;
  readonly address: Ptr;
  private readonly memory: Memory;

  /** The table whose bytes are at `address`; zeros are an empty one. */
  constructor(memory: Memory, address: Ptr) {
    checkPointer(address);
    this.memory = memory;
    this.address = address;
  }

  /** Writes an empty table. */
  static new(memory: Memory, address: Ptr): GlobalDescriptorTable {
    const gdt = new GlobalDescriptorTable(memory, address);
    memory.fill(address, 0, GlobalDescriptorTable.SIZE);
    return gdt;
  }

  /** Entries in use: up to the last that is not zero, and the null descriptor. A TSS has two. */
  get length(): number {
    for (let index = ENTRIES - 1; index > 0; index--) {
      const at = this.address + 8 * index;
      if (this.memory.readU32(at) !== 0 || this.memory.readU32(at + 4) !== 0) return index + 1;
      // The second half of a TSS below 4 GiB is zero.
      if (this.isSystemSegment(index - 1)) return index + 1;
    }
    return 1;
  }

  /**
   * Adds a descriptor behind the last.
   *
   * @returns the selector for it
   * @throws {@link StructureError} `structure/gdt-full`; nothing has been written then
   */
  append(descriptor: Descriptor): SegmentSelector {
    const index = this.length;
    const { words, dpl } = descriptor;
    if (index + words.length / 2 > ENTRIES)
      throw new StructureError("structure/gdt-full", `room for ${words.length / 2} more of ${ENTRIES} entries`, index);
    for (let i = 0; i < words.length; i++) this.memory.writeU32(this.address + 8 * index + 4 * i, words[i]!);
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
