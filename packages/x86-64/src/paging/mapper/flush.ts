/**
 * The reminder that the TLB must hear of a change.
 *
 * @module
 */
import { VirtAddr } from "../../addr.ts";
import type { Tlb } from "../../hardware.ts";
import type { Page } from "../page.ts";
import type { PageSize, Size4KiB } from "../page-size.ts";

/** Counts the reminders that nobody has answered yet. */
export interface FlushCounter {
  pendingFlushes: number;
}

/**
 * A page's mapping has changed, and the TLB may still serve the old one.
 *
 * One of the two methods must be called. A mapper's `pendingFlushes` tells how many were forgotten.
 */
export class MapperFlush<S extends PageSize = Size4KiB> {
  readonly page: Page<S>;
  private counter: FlushCounter | undefined;

  constructor(page: Page<S>, counter: FlushCounter) {
    this.page = page;
    this.counter = counter;
    counter.pendingFlushes++;
  }

  /** Drops the page from the TLB. */
  flush(tlb: Tlb): void {
    this.ignore();
    tlb.flush(this.page.startAddress);
  }

  /** The caller answers for it that the TLB does not matter, say because the tables are not in force. */
  ignore(): void {
    if (this.counter === undefined) return;
    this.counter.pendingFlushes--;
    this.counter = undefined;
  }

  toString(): string {
    return `MapperFlush(${this.page.toString()})`;
  }
}

/** From so many pages on, dropping everything costs less than dropping each: what Linux uses too. */
const FLUSH_ALL_FROM = 34;

/** As {@link MapperFlush}, for pages that follow each other. */
export class MapperFlushRange {
  /** First address. */
  readonly start: VirtAddr;
  /** How many pages: none smaller than `pageSize`. */
  readonly length: number;
  readonly pageSize: PageSize;
  private readonly isGlobal: boolean;
  private counter: FlushCounter | undefined;

  /** @param isGlobal - whether a page of them may be global, so that dropping everything else would not drop it */
  constructor(start: VirtAddr, length: number, pageSize: PageSize, isGlobal: boolean, counter: FlushCounter) {
    this.start = start;
    this.length = length;
    this.pageSize = pageSize;
    this.isGlobal = isGlobal;
    this.counter = counter;
    counter.pendingFlushes++;
  }

  /** Drops the pages from the TLB: one by one, or with everything else when they are many and none is global. */
  flush(tlb: Tlb): void {
    this.ignore();
    if (this.length >= FLUSH_ALL_FROM && !this.isGlobal) return tlb.flushAll();
    for (let index = 0; index < this.length; index++)
      tlb.flush(VirtAddr.forwardChecked(this.start, index * this.pageSize.bytes)!);
  }

  /** The caller answers for it that the TLB does not matter. */
  ignore(): void {
    if (this.counter === undefined) return;
    this.counter.pendingFlushes--;
    this.counter = undefined;
  }

  toString(): string {
    return `MapperFlushRange(${this.length} × ${this.pageSize.name} from ${VirtAddr.toString(this.start)})`;
  }
}

/** As {@link MapperFlush}, for a change that concerns more than one page. */
export class MapperFlushAll {
  private counter: FlushCounter | undefined;

  constructor(counter: FlushCounter) {
    this.counter = counter;
    counter.pendingFlushes++;
  }

  /** Drops everything from the TLB, as reloading CR3 does. */
  flushAll(tlb: Tlb): void {
    this.ignore();
    tlb.flushAll();
  }

  ignore(): void {
    if (this.counter === undefined) return;
    this.counter.pendingFlushes--;
    this.counter = undefined;
  }

  toString(): string {
    return "MapperFlushAll(())";
  }
}
