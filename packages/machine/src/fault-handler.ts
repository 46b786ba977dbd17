/**
 * Who is told when the MMU refuses an access.
 *
 * @module
 */
import { CpuException } from "./errors.ts";
import type { Mmu } from "./mmu.ts";

/** Delivers the exception that the MMU holds. */
export interface FaultHandler {
  /**
   * @param tries - how often this access was refused before
   * @returns true to make the access again; false when the handler has skipped it
   */
  deliverFault(tries: number): boolean;
}

/** What a virtual memory does that has no CPU. */
export class ThrowingFaults implements FaultHandler {
  private readonly mmu: Mmu;

  constructor(mmu: Mmu) {
    this.mmu = mmu;
  }

  deliverFault(): never {
    const { faultVector, faultErrorCode, faultAddress } = this.mmu;
    throw new CpuException(faultVector, faultErrorCode, faultAddress);
  }
}
