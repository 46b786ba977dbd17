/**
 * How a run has ended, in a file.
 *
 * An error that a kernel panicked with comes back as a `Panic` with its name and message; its own fields and its JavaScript
 * stack are not kept.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { TripleFault, type DeliveredException, type RunResult } from "../run-result.ts";
import type { StateTransfer } from "./transfer.ts";

const KINDS = ["running", "halted", "exited", "reset", "panicked", "returned"] as const;
const REASONS = ["interrupts-off", "idle", "time-limit", "host"] as const;

/** @param result - undefined while the machine has not stopped */
export function transferResult(state: StateTransfer, result: RunResult | undefined): RunResult | undefined {
  const kind = KINDS[state.u8(KINDS.indexOf(result?.kind ?? "running"), KINDS.length - 1)]!;
  switch (kind) {
    case "running":
      return undefined;
    case "halted": {
      const reason = result?.kind === "halted" ? REASONS.indexOf(result.reason) : 0;
      return { kind, reason: REASONS[state.u8(reason, REASONS.length - 1)]! };
    }
    case "exited": {
      const { code, status } = result?.kind === "exited" ? result : { code: 0, status: 0 };
      return { kind, code: state.integer(code), status: state.integer(status) };
    }
    case "reset": {
      const report = result?.kind === "reset" ? result.report : undefined;
      return { kind, report: state.flag(report !== undefined) ? transferReport(state, report) : undefined };
    }
    case "panicked": {
      const before = result?.kind === "panicked" ? result.error : new Panic("");
      const name = state.text(before.name);
      const error = new Panic(state.text(before.message));
      error.name = name;
      return { kind, error };
    }
    case "returned":
      return { kind };
  }
}

function transferReport(state: StateTransfer, report: TripleFault | undefined): TripleFault {
  const before = report?.exceptions ?? [];
  const count = state.u16(before.length);
  const exceptions: DeliveredException[] = [];
  for (let i = 0; i < count; i++) exceptions.push(transferException(state, before[i]));
  const instructionPointer = state.integer(report?.instructionPointer ?? 0);
  return new TripleFault(exceptions, instructionPointer, state.integer(report?.stackPointer ?? 0));
}

function transferException(state: StateTransfer, before: DeliveredException | undefined): DeliveredException {
  const vector = state.u8(before?.vector ?? 0);
  const errorCode = state.optional(before?.errorCode, 0xffff_ffff);
  const hasAddress = state.flag(before?.address !== undefined);
  return { vector, errorCode, address: hasAddress ? state.integer(before?.address ?? 0) : undefined };
}
