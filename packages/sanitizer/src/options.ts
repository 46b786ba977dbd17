/**
 * What a sanitizer can be told.
 *
 * @module
 */
import { SanitizerOptionError } from "./errors.ts";
import type { Finding } from "./finding.ts";
import type { Range } from "./shadow.ts";

/** What happens with a finding. */
export type OnFinding = "throw" | "collect" | ((finding: Finding) => void);

export interface SanitizerOptions {
  /**
   * Bytes of freed blocks, red zones included, that are kept from the allocator, so that nobody else gets them while old
   * pointers may be about. When the allocator has no room, it gets them back.
   *
   * @defaultValue 262144
   */
  readonly quarantineBytes?: number;
  /**
   * Bytes that are guarded before and behind each block: a multiple of 8 up to 65536. Before a block it is at least the
   * block's alignment.
   *
   * @defaultValue 16
   */
  readonly redZoneBytes?: number;
  /**
   * `"throw"`: a {@link SanitizerError}, and what was asked for is not done. `"collect"`: kept in `findings`; a wrong
   * read is done, a wrong write or free is not. A function: called with each; if it returns, as `"collect"`.
   *
   * @defaultValue "throw"
   */
  readonly onFinding?: OnFinding;
  /** Whether to keep the call stacks of allocations and frees. @defaultValue true */
  readonly captureStacks?: boolean;
  /** Whether reading bytes that were never written is a finding. @defaultValue true */
  readonly uninitialised?: boolean;
  /**
   * The range that the allocator hands blocks out of. Accesses in it that hit no block are findings then; without it they
   * cannot be told from accesses to what is not the heap's, such as a stack.
   */
  readonly heap?: Range;
}

/** All options, checked. */
export interface Settings {
  readonly quarantineBytes: number;
  readonly redZoneBytes: number;
  readonly onFinding: OnFinding;
  readonly captureStacks: boolean;
  readonly uninitialised: boolean;
  readonly heap: Range | undefined;
}

/** @throws {@link SanitizerOptionError} when an option is out of range */
export function settingsOf(options: SanitizerOptions): Settings {
  if (typeof options !== "object" || (options as unknown) === null)
    throw new SanitizerOptionError("options", "an object", options);
  const { quarantineBytes = 0x4_0000, redZoneBytes = 16, onFinding = "throw" } = options;
  const { captureStacks = true, uninitialised = true, heap } = options;
  if (!isSize(quarantineBytes))
    throw new SanitizerOptionError("quarantineBytes", "0 … 2^53 − 1 bytes", quarantineBytes);
  if (!isSize(redZoneBytes) || redZoneBytes % 8 !== 0 || redZoneBytes < 8 || redZoneBytes > 0x1_0000)
    throw new SanitizerOptionError("redZoneBytes", "a multiple of 8, 8 … 65536", redZoneBytes);
  if (onFinding !== "throw" && onFinding !== "collect" && typeof onFinding !== "function")
    throw new SanitizerOptionError("onFinding", `"throw", "collect" or a function`, onFinding);
  if (typeof captureStacks !== "boolean")
    throw new SanitizerOptionError("captureStacks", "true or false", captureStacks);
  if (typeof uninitialised !== "boolean")
    throw new SanitizerOptionError("uninitialised", "true or false", uninitialised);
  if (heap !== undefined) expectRange(heap);
  return { quarantineBytes, redZoneBytes, onFinding, captureStacks, uninitialised, heap };
}

function expectRange(heap: Range): void {
  if (typeof heap !== "object" || (heap as unknown) === null)
    throw new SanitizerOptionError("heap", "{ start, size }", heap);
  if (!Number.isSafeInteger(heap.start)) throw new SanitizerOptionError("heap.start", "an address", heap.start);
  if (!isSize(heap.size) || !Number.isSafeInteger(heap.start + heap.size))
    throw new SanitizerOptionError("heap.size", "0 … 2^53 − 1 bytes, with an end below 2^53", heap.size);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
