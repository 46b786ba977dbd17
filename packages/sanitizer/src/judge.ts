/**
 * Whether an access to memory is right; and if not, what it is.
 *
 * @module
 */
import { hex, type Ptr } from "@kmem/memory";
import { bytes, nameOf, placeOf, type BlockTable } from "./block.ts";
import { makeFinding, type Finding, type FindingCode } from "./finding.ts";
import type { Reporter } from "./reporter.ts";
import { BAD, FRESH, NOWHERE, RED, WILD, type Shadow } from "./shadow.ts";
import { captureTrace } from "./trace.ts";

export class Judge {
  private readonly shadow: Shadow;
  private readonly table: BlockTable;
  private readonly reporter: Reporter;
  private readonly uninitialised: boolean;

  /** @param uninitialised - whether bytes must have been written before they are read */
  constructor(shadow: Shadow, table: BlockTable, reporter: Reporter, uninitialised: boolean) {
    this.shadow = shadow;
    this.table = table;
    this.reporter = reporter;
    this.uninitialised = uninitialised;
  }

  /**
   * Reports an access that touches what it must not.
   *
   * @param verb - "read", "write" …
   * @param owner - the memory whose `method` was called
   * @returns whether it is right
   */
  mayTouch(at: Ptr, length: number, verb: string, owner: object, method: string): boolean {
    if (!isRange(at, length)) return true;
    const bad = this.shadow.firstWith(at, length, BAD);
    if (bad === NOWHERE) return true;
    const message = `${verb} of ${bytes(length)} at ${hex(at)} by ${method}`;
    this.reporter.report([this.wrongAccess(bad, message, owner, method)], owner, method);
    return false;
  }

  /** Reports a read of bytes that may be touched, and were never written. */
  mustBeWritten(at: Ptr, length: number, owner: object, method: string): void {
    if (!this.uninitialised || !isRange(at, length)) return;
    const fresh = this.shadow.firstWith(at, length, FRESH);
    if (fresh === NOWHERE) return;
    const block = this.table.around(fresh);
    const finding = makeFinding({
      code: "sanitizer/uninitialised-read",
      message: `read of ${bytes(length)} at ${hex(at)} by ${method}`,
      address: fresh,
      blocks: block === undefined ? [] : [block],
      details: block === undefined ? [] : [`${placeOf(fresh, block)}, where nothing was written yet`],
      trace: captureTrace(owner, method),
    });
    this.reporter.report([finding], owner, method);
  }

  private wrongAccess(bad: Ptr, message: string, owner: object, method: string): Finding {
    const state = this.shadow.stateOf(bad);
    const code: FindingCode =
      state === RED ? "sanitizer/out-of-bounds" : state === WILD ? "sanitizer/wild-access" : "sanitizer/use-after-free";
    const block = state === WILD ? this.table.nearest(bad) : this.table.around(bad);
    return makeFinding({
      code,
      message,
      address: bad,
      blocks: block === undefined ? [] : [block],
      details: [this.placeDetail(bad, state)],
      trace: captureTrace(owner, method),
    });
  }

  private placeDetail(bad: Ptr, state: number): string {
    if (state === WILD) {
      const nearest = this.table.nearest(bad);
      return `${hex(bad)} lies in no block${nearest === undefined ? "" : `; the nearest is ${nameOf(nearest)}`}`;
    }
    const block = this.table.around(bad);
    if (block === undefined) return `${hex(bad)} lies in memory that was freed; of which block is no longer known`;
    return placeOf(bad, block) + (block.state === "live" ? "" : ", which is freed");
  }
}

/** Whether there is something to judge; what is no range of addresses, the memory refuses by itself. */
function isRange(at: Ptr, length: number): boolean {
  return Number.isSafeInteger(at) && Number.isSafeInteger(length) && length > 0 && Number.isSafeInteger(at + length);
}
