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
import { checkPointer } from "./interrupt-stack-frame.ts";
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

  /** 64-bit code for ring 0. */
  static kernelCodeSegment(): Descriptor {
    return new Descriptor([0xffff, 0x00af_9b00]);
  }

  static kernelDataSegment(): Descriptor {
    return new Descriptor([0xffff, 0x00cf_9300]);
  }

  /** 64-bit code for ring 3. */
  static userCodeSegment(): Descriptor {
    return new Descriptor([0xffff, 0x00af_fb00]);
  }

  static userDataSegment(): Descriptor {
    return new Descriptor([0xffff, 0x00cf_f300]);
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
    const size = typeof tss === "number" ? 0 : tss.ioMapBase;
    const limit = Math.max(TaskStateSegment.SIZE, size) - 1;
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
