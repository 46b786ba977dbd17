/**
 * Segment descriptors: entries of the global descriptor table.
 *
 * ```
 *   63 … 56 │ 55 54 53 52 │ 51 … 48 │ 47 │ 46 45 │ 44 │ 43 … 40 │ 39 … 16 │ 15 … 0
 *    base   │  G  D  L  A │  limit  │  P │  DPL  │  S │  type   │  base   │ limit
 *
 *   a system segment (S = 0), such as a TSS, has 8 bytes more: base 63 … 32
 * ```
 *
 * @see Intel SDM volume 3A, 3.4.5 and 7.2.3; https://docs.rs/x86_64/0.15.4/x86_64/structures/gdt/enum.Descriptor.html
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { DescriptorFlags } from "./descriptor-flags.ts";
import { checkWord } from "./errors.ts";
import { checkPointer } from "./interrupt-stack-frame.ts";
import { checkIoMap } from "./io-map.ts";
import type { PrivilegeLevel } from "./segment-selector.ts";
import { TaskStateSegment } from "./tss.ts";

const TWO_32 = 0x1_0000_0000;
/** Bits of the high 4 bytes: present, available 64-bit TSS. */
const PRESENT_TSS = 0x8900;

/** A descriptor: one or two entries of 8 bytes, as pairs of u32. */
export class Descriptor {
  /** Low and high half of the first entry; of a system segment then those of the second. */
  readonly words: readonly number[];

  private constructor(words: readonly number[]) {
    this.words = words;
  }

  /**
   * A code or data segment, or whatever the bits say.
   *
   * @param bits - {@link DescriptorFlags}, and base and limit
   * @throws {@link StructureError} `structure/descriptor` unless a u64
   * @example Descriptor.userSegment(DescriptorFlags.USER_CODE32).dpl // => 3
   */
  static userSegment(bits: bigint): Descriptor {
    checkWord("structure/descriptor", "a descriptor", bits);
    return new Descriptor(halves(bits));
  }

  /** A system segment from its two entries. @throws {@link StructureError} `structure/descriptor` unless u64 */
  static systemSegment(low: bigint, high: bigint): Descriptor {
    checkWord("structure/descriptor", "the first entry", low);
    checkWord("structure/descriptor", "the second entry", high);
    return new Descriptor([...halves(low), ...halves(high)]);
  }

  /** 64-bit code for ring 0. */
  static kernelCodeSegment(): Descriptor {
    return Descriptor.userSegment(DescriptorFlags.KERNEL_CODE64);
  }

  static kernelDataSegment(): Descriptor {
    return Descriptor.userSegment(DescriptorFlags.KERNEL_DATA);
  }

  /** 64-bit code for ring 3. */
  static userCodeSegment(): Descriptor {
    return Descriptor.userSegment(DescriptorFlags.USER_CODE64);
  }

  static userDataSegment(): Descriptor {
    return Descriptor.userSegment(DescriptorFlags.USER_DATA);
  }

  /**
   * A task state segment, available for `ltr`.
   *
   * Its limit is that of the 104 bytes; where the segment says that its I/O permission map begins behind them, of all
   * bytes before the map. Of a bare address only the 104 bytes are known.
   *
   * @throws {@link StructureError} `structure/address` unless canonical
   */
  static tssSegment(tss: TaskStateSegment | Ptr): Descriptor {
    const base = typeof tss === "number" ? tss : tss.address;
    checkPointer(base);
    return Descriptor.tssSegmentOf(base, typeof tss === "number" ? 0 : tss.ioMapBase);
  }

  /**
   * A task state segment with its I/O permission map, which is in the same memory; the limit is the map's last byte.
   *
   * @param map - address of the map: where the segment's `ioMapBase` says
   * @param length - its bytes, 0 … 8193, of which the last must be 0xff
   * @throws {@link InvalidIoMap} `structure/io-map` with the crate's variants
   * @throws {@link StructureError} `structure/kind` for what is no segment, `structure/address`, `structure/offset`
   */
  static tssSegmentWithIomap(tss: TaskStateSegment, map: Ptr, length: number): Descriptor {
    checkIoMap(tss, map, length);
    return Descriptor.tssSegmentOf(tss.address, tss.ioMapBase + length);
  }

  private static tssSegmentOf(base: Ptr, end: number): Descriptor {
    const limit = Math.max(TaskStateSegment.SIZE, end) - 1;
    const low = base >>> 0;
    const first = (((low & 0xffff) << 16) | limit) >>> 0;
    const second = ((low & 0xff00_0000) | PRESENT_TSS | ((low >>> 16) & 0xff)) >>> 0;
    return new Descriptor([first, second, Math.floor(base / TWO_32) >>> 0, 0]);
  }

  /** The privilege level that its segment is for. */
  get dpl(): PrivilegeLevel {
    return ((this.words[1]! >>> 13) & 3) as PrivilegeLevel;
  }

  /** The entries as u64. @example Descriptor.userCodeSegment().toBits() // => [0x00af_fb00_0000_ffffn] */
  toBits(): bigint[] {
    const { words } = this;
    const bits: bigint[] = [];
    for (let i = 0; i < words.length; i += 2) bits.push((BigInt(words[i + 1]!) << 32n) | BigInt(words[i]!));
    return bits;
  }
}

function halves(bits: bigint): number[] {
  return [Number(bits & 0xffff_ffffn), Number(bits >> 32n)];
}
