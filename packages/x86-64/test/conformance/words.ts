/** How the recordings write 64-bit values, and what a case's outcome looks like. */
import { Mismatch } from "../../../../config/conformance.ts";

export type Api = typeof import("../../src/index.ts");
/** One line of a recording; its fields depend on its kind. */
export type Case = Readonly<Record<string, unknown>>;

export interface Recording {
  readonly suite: string;
  readonly cases: readonly Case[];
}

/** A 64-bit value of a recording. */
export function word(text: unknown): bigint {
  return BigInt(text as string);
}

/** The text that a recording has for a value. */
export function text(value: number | bigint): string {
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** What `run` gives, or `{ panic }` when it throws. */
export function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return { panic: error instanceof Error ? error.message : String(error) };
  }
}

/** Throws unless the outcome is the recorded one; the texts of panics are Rust's and only informative. */
export function expectOutcome(what: string, expected: unknown, run: () => unknown): void {
  const actual = outcome(run);
  if (isPanic(expected) ? !isPanic(actual) : JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Mismatch(what, expected, actual);
}

export function isPanic(value: unknown): value is { readonly panic: string } {
  return typeof value === "object" && value !== null && "panic" in value;
}
