/**
 * Ranges of pages and of frames.
 *
 * A range is not its own iterator: looping does not eat it. It reaches the last page of each half, jumps over the gap
 * between them, and reaches the last frame.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { AddressError } from "../errors.ts";
import { debugStruct } from "../structures/debug-struct.ts";
import type { Page } from "./page.ts";
import type { PageSize, Size4KiB } from "./page-size.ts";
import type { PhysFrame } from "./phys-frame.ts";

const TWO_48 = 2 ** 48;

interface Unit {
  toString(): string;
  readonly startAddress: Ptr;
  readonly size: PageSize;
}

/** What all four kinds of range have in common. */
abstract class UnitRange<U extends Unit> implements Iterable<U> {
  readonly start: U;
  readonly end: U;
  /** How many pages or frames; the gap between the halves has none. */
  readonly length: number;

  /** @throws {@link AddressError} `address/size` unless both have one size */
  constructor(start: U, end: U, isInclusive: boolean) {
    if (start.size !== end.size)
      throw new AddressError(
        "address/size",
        `expected an end of ${start.size.name} as the start, got one of ${end.size.name} at`,
        end.startAddress,
      );
    this.start = start;
    this.end = end;
    const from = place(start);
    const to = place(end);
    this.length = Math.max(0, (to - from) / start.size.bytes + (isInclusive ? 1 : 0));
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** Bytes that the range covers. */
  get byteLength(): number {
    return this.length * this.start.size.bytes;
  }

  /** The `index`th of the range, from 0. @returns `undefined` outside of it */
  get(index: number): U | undefined {
    return Number.isInteger(index) && index >= 0 && index < this.length ? this.unitAt(index) : undefined;
  }

  [Symbol.iterator](): Iterator<U> {
    let index = 0;
    return {
      next: (): IteratorResult<U> =>
        index < this.length ? { done: false, value: this.unitAt(index++) } : { done: true, value: undefined },
    };
  }

  /** As Rust's `{:?}`; pretty, `{:#?}`: each end on a line of its own. */
  abstract debug(pretty?: boolean): string;

  /** As Rust's `{:?}`. */
  toString(): string {
    return this.debug();
  }

  protected abstract unitAt(index: number): U;
}

abstract class AnyPageRange<S extends PageSize> extends UnitRange<Page<S>> {
  protected unitAt(index: number): Page<S> {
    // Inside of the range there is always a page so far on.
    return this.start.forwardChecked(index)!;
  }
}

abstract class AnyFrameRange<S extends PageSize> extends UnitRange<PhysFrame<S>> {
  protected unitAt(index: number): PhysFrame<S> {
    return this.start.add(index);
  }
}

/** Pages up to but not including the last. */
export class PageRange<S extends PageSize = Size4KiB> extends AnyPageRange<S> {
  constructor(start: Page<S>, end: Page<S>) {
    super(start, end, false);
  }

  /** The same addresses in pages of 4 KiB. */
  as4KiBPageRange(): PageRange {
    return new PageRange(this.start.first4KiBPage(), this.end.first4KiBPage());
  }

  debug(pretty = false): string {
    return debugStruct("PageRange", bounds(this), pretty);
  }
}

/** Pages up to and including the last. */
export class PageRangeInclusive<S extends PageSize = Size4KiB> extends AnyPageRange<S> {
  constructor(start: Page<S>, end: Page<S>) {
    super(start, end, true);
  }

  debug(pretty = false): string {
    return debugStruct("PageRangeInclusive", bounds(this), pretty);
  }
}

/** Frames up to but not including the last. */
export class PhysFrameRange<S extends PageSize = Size4KiB> extends AnyFrameRange<S> {
  constructor(start: PhysFrame<S>, end: PhysFrame<S>) {
    super(start, end, false);
  }

  debug(pretty = false): string {
    return debugStruct("PhysFrameRange", bounds(this), pretty);
  }
}

/** Frames up to and including the last. */
export class PhysFrameRangeInclusive<S extends PageSize = Size4KiB> extends AnyFrameRange<S> {
  constructor(start: PhysFrame<S>, end: PhysFrame<S>) {
    super(start, end, true);
  }

  debug(pretty = false): string {
    return debugStruct("PhysFrameRangeInclusive", bounds(this), pretty);
  }
}

/** Place of a unit's first byte in the order of addresses; the gap takes no place. */
function place({ startAddress }: Unit): number {
  return startAddress < 0 ? startAddress + TWO_48 : startAddress;
}

function bounds({ start, end }: { start: Unit; end: Unit }): [string, string][] {
  return [
    ["start", start.toString()],
    ["end", end.toString()],
  ];
}
