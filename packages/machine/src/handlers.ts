/**
 * Runs the handlers of exceptions and interrupts: enters the one that the IDT names, calls its JavaScript, and returns.
 *
 * A handler's first instruction is fetched, and its frame popped, by the CPU; what is refused there is an exception of its
 * own, whose handler is entered on top. A refusal on the way into a handler makes a double fault, or a reset.
 *
 * @see Intel SDM volume 3A, 6.15, "Interrupt 8—Double Fault Exception"
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { ExceptionVector, exceptionName, hasErrorCode, type CodeFunction } from "@kmem/x86-64";
import { EXECUTE, FAULT } from "./access.ts";
import type { Board } from "./board.ts";
import { FUNCTION_SIZE, type CodeTable } from "./code-table.ts";
import type { CpuState } from "./cpu-state.ts";
import { becomesDoubleFault, enterHandler, EXCEPTION, returnFromHandler, type Source } from "./delivery.ts";
import { MachineError } from "./errors.ts";
import type { Mmu } from "./mmu.ts";
import { TripleFault, type DeliveredException } from "./run-result.ts";

/** Handlers that may be running at once: each needs room on the JavaScript stack. */
const MAX_NESTING = 256;
/** A handler that returns this often without mending anything will never do so. */
export const MAX_RETRIES = 100_000;

/** What the handlers need of the CPU. */
export interface HandlersCpu {
  readonly state: CpuState;
  readonly code: CodeTable;
  /** Raises the exception that `state` holds. */
  raiseRefused(): boolean;
}

/** A handler that was entered. */
interface Entry {
  readonly vector: number;
  readonly errorCode: number | undefined;
  /** Address of the stack frame: what `iretq` pops. */
  readonly frame: Ptr;
  readonly returnAddress: Ptr;
  hasRun: boolean;
}

/** The handlers of one CPU. */
export class Handlers {
  private readonly cpu: HandlersCpu;
  private readonly state: CpuState;
  private readonly mmu: Mmu;
  private readonly board: Board;
  private nesting = 0;

  constructor(cpu: HandlersCpu, mmu: Mmu, board: Board) {
    this.cpu = cpu;
    this.state = cpu.state;
    this.mmu = mmu;
    this.board = board;
  }

  /**
   * Enters the handler of an event, or of what goes wrong on the way to it, and returns when the handler has.
   *
   * @param returnAddress - what is pushed as instruction pointer
   * @returns whether it was the handler of the event itself
   */
  deliver(vector: number, errorCode: number | undefined, source: Source, returnAddress: Ptr): boolean {
    const depth = ++this.nesting;
    try {
      return this.handle(vector, errorCode, source, returnAddress, depth);
    } finally {
      // Also when a handler throws, which a kernel may catch.
      this.nesting = depth - 1;
    }
  }

  private handle(
    vector: number,
    errorCode: number | undefined,
    source: Source,
    returnAddress: Ptr,
    depth: number,
  ): boolean {
    const { state } = this;
    const interrupted = state.rip;
    const entered = this.enter(vector, errorCode, source, returnAddress);
    // A handler's first instruction is fetched, and its frame popped, by the CPU: what is refused there is entered on top.
    const entries = [depth > MAX_NESTING ? this.exhaustStack(entered) : entered];
    for (let entry = entries[0]; entry !== undefined; entry = entries[entries.length - 1]) {
      if (!entry.hasRun) {
        const handler = this.fetch();
        if (handler === undefined) {
          entries.push(this.enterRefused());
          continue;
        }
        handler(entry.frame, entry.errorCode ?? 0);
        entry.hasRun = true;
      }
      if (!returnFromHandler(state, entry.frame)) {
        entries.push(this.enterRefused());
        continue;
      }
      entries.pop();
      const ahead = state.rip - entry.returnAddress;
      if (ahead < 0 || ahead >= FUNCTION_SIZE) this.jump();
      // A trap's return address lies behind the instruction; for the rest of the function that is the same place.
      if (ahead === 0 && entries.length === 0) state.rip = interrupted;
    }
    return entered.vector === vector;
  }

  /** Enters a handler: that of the event, or, as often as that is refused, the one of the refusal. */
  private enter(vector: number, errorCode: number | undefined, source: Source, returnAddress: Ptr): Entry {
    const { state } = this;
    const interrupted = state.rip;
    const chain: DeliveredException[] = [];
    let event: DeliveredException = {
      vector,
      errorCode: source === EXCEPTION && hasErrorCode(vector) ? errorCode : undefined,
      address: source === EXCEPTION && vector === ExceptionVector.Page ? state.faultAddress : undefined,
    };
    let kind = source;
    for (;;) {
      const resume = kind === source && event.vector === vector ? returnAddress : interrupted;
      if (event.address !== undefined) state.cr2 = event.address;
      if (enterHandler(state, event.vector, event.errorCode, kind, resume)) {
        const frame = state.rsp + (event.errorCode === undefined ? 0 : 8);
        return { vector: event.vector, errorCode: event.errorCode, frame, returnAddress: resume, hasRun: false };
      }
      const second = refusedEvent(state);
      chain.push(event);
      if (kind === EXCEPTION && event.vector === ExceptionVector.Double) {
        chain.push(second);
        this.board.stop({ kind: "reset", report: new TripleFault(chain, state.rip, state.rsp) });
      }
      if (kind === EXCEPTION && becomesDoubleFault(event.vector, second.vector)) {
        chain.push(second);
        if (second.address !== undefined) state.cr2 = second.address;
        event = { vector: ExceptionVector.Double, errorCode: 0, address: undefined };
      } else event = second;
      kind = EXCEPTION;
    }
  }

  /** Enters the handler of what `state` says was refused. */
  private enterRefused(): Entry {
    const { state } = this;
    return this.enter(state.faultVector, state.faultErrorCode, EXCEPTION, state.rip);
  }

  /**
   * Handlers are nested deeper than the JavaScript stack can follow: as each was interrupted before its end, so will the
   * next be, until the stack in memory is full. Enters the same handler until it is refused.
   */
  private exhaustStack(entry: Entry): Entry {
    let { frame } = entry;
    for (let tries = 0; tries < MAX_RETRIES; tries++) {
      const next = this.enter(entry.vector, entry.errorCode, EXCEPTION, this.state.rip);
      if (next.vector !== entry.vector) return next;
      // A handler with a stack of its own overwrites one frame for ever.
      if (next.frame >= frame) break;
      frame = next.frame;
    }
    throw new MachineError(
      "machine/nesting",
      `${MAX_NESTING} handlers are running at once, each interrupted by ${exceptionName(entry.vector)} in the next`,
      entry.vector,
    );
  }

  /** The function at the instruction pointer, fetched as an instruction is; `undefined` when `state` says why not. */
  private fetch(): CodeFunction | undefined {
    const { state } = this;
    if (this.mmu.translate(state.rip, EXECUTE) === FAULT) state.refuseAsMmu();
    else {
      const found = this.cpu.code.functionAt(state.rip);
      if (found !== undefined) return found;
      state.refuse(ExceptionVector.InvalidOpcode, 0);
    }
    return undefined;
  }

  /** Goes on at the instruction pointer, and does not come back. */
  jump(): never {
    const at = this.state.rip;
    let found = this.fetch();
    while (found === undefined) {
      this.cpu.raiseRefused();
      found = this.fetch();
    }
    found(this.state.rsp, 0);
    throw new MachineError(
      "machine/no-return-address",
      `the function "${this.cpu.code.nameAt(at) ?? "?"}" was entered by iretq and must not return`,
      at,
    );
  }
}

function refusedEvent(state: CpuState): DeliveredException {
  const { faultVector, faultErrorCode, faultAddress } = state;
  return {
    vector: faultVector,
    errorCode: hasErrorCode(faultVector) ? faultErrorCode : undefined,
    address: faultVector === ExceptionVector.Page ? faultAddress : undefined,
  };
}
