/**
 * Findings: what is wrong, where, and the history of the block it happened to.
 *
 * ```
 *   sanitizer/use-after-free: read of 4 bytes at 0x1044 by readU32
 *     0x1044 lies 4 bytes inside of block #1 (16 bytes at 0x1040..0x1050, align 8), which is freed
 *     done by:
 *       at useAfterFree (…)
 *     block #1 was allocated by:
 *       at …
 *     block #1 was freed by:
 *       at …
 * ```
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { BlockInfo } from "./block.ts";
import type { Trace } from "./trace.ts";

export type FindingCode =
  /** A red zone beside a block was touched. */
  | "sanitizer/out-of-bounds"
  /** A freed block was touched. */
  | "sanitizer/use-after-free"
  /** A byte of a block was read before anything was written there. */
  | "sanitizer/uninitialised-read"
  /** A byte inside the heap was touched that no block has ever had. */
  | "sanitizer/wild-access"
  /** A block was freed or reallocated that is freed already. */
  | "sanitizer/double-free"
  /** An address was freed or reallocated that is no block's. */
  | "sanitizer/foreign-free"
  /** A block was freed or reallocated with another layout than it was taken with. */
  | "sanitizer/wrong-layout"
  /** Bytes beside a block were changed, past the checks. */
  | "sanitizer/damaged-red-zone"
  /** Bytes of a freed block were changed, past the checks. */
  | "sanitizer/damaged-free-block"
  /** The allocator handed out a block that is misaligned or overlaps another. */
  | "sanitizer/bad-block"
  /** Blocks were not freed. */
  | "sanitizer/leak";

/** One thing that is wrong. */
export interface Finding {
  readonly code: FindingCode;
  /** One line for people: what was done. */
  readonly message: string;
  /** The first address at which it is wrong. */
  readonly address: Ptr;
  /** The block it happened to, where one is known. */
  readonly block: BlockInfo | undefined;
  /** `address` relative to the first byte of `block`, in bytes: negative before it. */
  readonly offset: number | undefined;
  /** All blocks that are meant: for a leak, those that were allocated at the same place. */
  readonly blocks: readonly BlockInfo[];
  /** Who did it; empty where it was found later. */
  readonly trace: Trace;
  /** The whole report, several lines. */
  readonly text: string;
}

/** What a finding is made from. */
export interface FindingParts {
  readonly code: FindingCode;
  readonly message: string;
  readonly address: Ptr;
  readonly blocks: readonly BlockInfo[];
  /** Lines that say more. */
  readonly details: readonly string[];
  readonly trace: Trace;
}

export function makeFinding(parts: FindingParts): Finding {
  const { code, message, address, blocks, trace } = parts;
  const block = blocks[0];
  return {
    code,
    message,
    address,
    block,
    offset: block === undefined ? undefined : address - block.address,
    blocks,
    trace,
    text: textOf(parts),
  };
}

function textOf({ code, message, details, trace, blocks }: FindingParts): string {
  const lines = [`${code}: ${message}`, ...details.map((detail) => `  ${detail}`), ...section("done by", trace)];
  for (const { serial, allocatedBy, freedBy } of blocks.slice(0, 1))
    lines.push(
      ...section(`block #${serial} was allocated by`, allocatedBy),
      ...(freedBy === undefined ? [] : section(`block #${serial} was freed by`, freedBy)),
    );
  return lines.join("\n");
}

function section(title: string, { frames }: Trace): string[] {
  return frames.length === 0 ? [] : [`  ${title}:`, ...frames.map((frame) => `    ${frame}`)];
}
