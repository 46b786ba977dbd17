/**
 * Where the I/O permission map of a task state segment may be.
 *
 * ```
 *   TSS                        map: a bit for each port, set where user mode must not use it
 *   │ 104 bytes … ioMapBase ──►│ up to 8192 bytes │ 0xff │        ioMapBase ≤ 0xdfff
 * ```
 *
 * @see Intel SDM volume 1, 19.5.2; https://docs.rs/x86_64/0.15.4/x86_64/structures/gdt/enum.Descriptor.html#method.tss_segment_with_iomap
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { checkField, StructureError } from "./errors.ts";
import { checkPointer } from "./interrupt-stack-frame.ts";
import { InvalidIoMap } from "./invalid-io-map.ts";
import { TaskStateSegment } from "./tss.ts";

/** Bytes: a bit for each of 65 536 ports, and the byte that ends it. */
const LONGEST = 8193;
const FARTHEST = 0xdfff;
const TERMINATOR = 0xff;

/**
 * Checks a map as the crate does, and in its order.
 *
 * @param length - bytes of the map with its last, which is 0xff; an empty map has none
 * @throws {@link InvalidIoMap} `structure/io-map`
 * @throws {@link StructureError} `structure/kind` for what is no segment, `structure/address`, `structure/offset`
 */
export function checkIoMap(tss: TaskStateSegment, map: Ptr, length: number): void {
  if (!(tss instanceof TaskStateSegment)) throw new StructureError("structure/kind", "a TaskStateSegment", tss);
  checkPointer(map);
  checkField("structure/offset", "the length of an I/O permission map", length, Number.MAX_SAFE_INTEGER);
  if (length > LONGEST)
    throw new InvalidIoMap("TooLong", `The IO permissions bitmap exceeds the maximum length (${length} > ${LONGEST})`, {
      len: length,
    });

  // Rust compares unsigned: the upper half, negative here, lies behind the lower.
  const isLater = map < 0 === tss.address < 0 ? map >= tss.address : map < 0;
  if (!isLater) throw new InvalidIoMap("IoMapBeforeTss", "the IO permissions bitmap is before the TSS", {});
  const distance = map >= tss.address ? map - tss.address : map - tss.address + 2 ** 64;
  if (distance > FARTHEST) {
    const exact = BigInt.asUintN(64, BigInt(map) - BigInt(tss.address));
    throw new InvalidIoMap(
      "TooFarFromTss",
      `the IO permissions bitmap is too far from the TSS (distance ${String(exact)})`,
      { distance },
    );
  }

  const last = length === 0 ? TERMINATOR : tss.memory.readU8(map + length - 1);
  if (last !== TERMINATOR)
    // The crate's own text lacks the bracket.
    throw new InvalidIoMap(
      "InvalidTerminatingByte",
      `The final byte of the IO permissions bitmap was not 0xff (${last}`,
      { byte: last },
    );
  const got = tss.ioMapBase;
  if (got !== distance)
    throw new InvalidIoMap(
      "InvalidBase",
      `the \`iomap_base\` in the \`TaskStateSegment\` struct was not what was expected (expected ${distance}, got ${got})`,
      { expected: distance, got },
    );
}
