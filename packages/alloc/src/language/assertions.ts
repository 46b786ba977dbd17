/**
 * Rust's macros that panic, with their messages.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { debugText } from "./debug-text.ts";

/**
 * Rust's `assert!`.
 *
 * @param text - the condition as it stands in the source
 * @throws Panic "assertion failed: …"
 */
export function assert(condition: boolean, text: string): asserts condition {
  if (!condition) throw new Panic(`assertion failed: ${text}`);
}

/** Rust's `assert_eq!`; values are the same by `Object.is`, or equal by their own `equals`. @throws Panic */
export function assertEq<T>(left: T, right: T, message?: string): void {
  if (!isSame(left, right)) throw new Panic(compared("left == right", left, right, message));
}

/** Rust's `assert_ne!`. @throws Panic */
export function assertNe<T>(left: T, right: T, message?: string): void {
  if (isSame(left, right)) throw new Panic(compared("left != right", left, right, message));
}

/** Rust's `unreachable!`. @throws Panic always */
export function unreachable(message?: string): never {
  throw new Panic(`internal error: entered unreachable code${message === undefined ? "" : `: ${message}`}`);
}

/** Rust's `todo!`. @throws Panic always */
export function todo(message?: string): never {
  throw new Panic(`not yet implemented${message === undefined ? "" : `: ${message}`}`);
}

/** Rust's `unimplemented!`. @throws Panic always */
export function unimplemented(message?: string): never {
  throw new Panic(`not implemented${message === undefined ? "" : `: ${message}`}`);
}

function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right) || (left === 0 && right === 0)) return true;
  const { equals } = (left ?? {}) as { equals?: unknown };
  return typeof equals === "function" && equals.call(left, right) === true;
}

function compared(relation: string, left: unknown, right: unknown, message: string | undefined): string {
  const why = message === undefined ? "" : `: ${message}`;
  return `assertion \`${relation}\` failed${why}\n  left: ${debugText(left)}\n right: ${debugText(right)}`;
}
