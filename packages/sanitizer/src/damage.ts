/**
 * What bytes hold that the program must not touch, so that who touched them past the checks is found out.
 *
 * @module
 */
import { hex, type Memory, type Ptr } from "@kmem/memory";
import { placeOf, type Block } from "./block.ts";
import { makeFinding, type Finding } from "./finding.ts";
import { NO_TRACE } from "./trace.ts";

/** Red zones. */
export const RED_BYTE = 0xfa;
/** Freed blocks. */
export const FREED_BYTE = 0xfd;
/** Blocks that were just taken: no zeros, so that a program that relies on zeros is seen to. */
export const FRESH_BYTE = 0xbe;

/** Looks whether a block's red zones, and its bytes if it is in quarantine, are as they were left. */
export function damageOf(memory: Memory, block: Block): Finding | undefined {
  const { outerAt, address, end, outerEnd } = block;
  const red =
    firstOther(memory, outerAt, address - outerAt, RED_BYTE) ?? firstOther(memory, end, outerEnd - end, RED_BYTE);
  if (red !== undefined) return damageAt(memory, block, red, RED_BYTE);
  if (block.state !== "quarantined") return undefined;
  const inside = firstOther(memory, address, block.layout.size, FREED_BYTE);
  return inside === undefined ? undefined : damageAt(memory, block, inside, FREED_BYTE);
}

/** Address of the first byte that is not `byte`. */
function firstOther(memory: Memory, at: Ptr, length: number, byte: number): Ptr | undefined {
  const end = at + length;
  while (at < end) {
    if (at % 4 === 0)
      // Four at once, as long as they are right.
      while (at + 4 <= end && memory.readU32(at) === byte * 0x0101_0101) at += 4;
    if (at < end && memory.readU8(at) !== byte) return at;
    at++;
  }
  return undefined;
}

function damageAt(memory: Memory, block: Block, address: Ptr, expected: number): Finding {
  const isRed = expected === RED_BYTE;
  const left = isRed ? "the red zone" : "the freed block";
  return makeFinding({
    code: isRed ? "sanitizer/damaged-red-zone" : "sanitizer/damaged-free-block",
    message: `${left} was written to past the checks: ${hex(expected)} became ${hex(memory.readU8(address))} at ${hex(address)}`,
    address,
    blocks: [block],
    details: [placeOf(address, block) + (block.state === "live" ? "" : ", which is freed")],
    trace: NO_TRACE,
  });
}
