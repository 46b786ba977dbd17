/**
 * The reminder that the TLB must hear of a change.
 *
 * @module
 */
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
