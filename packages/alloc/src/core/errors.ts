/**
 * The errors of owners and collections.
 *
 * @module
 */
import type { Layout } from "@kmem/global-alloc";
import { KmemError, Panic } from "@kmem/memory";

/** An owner was used after its value went elsewhere (into a collection, another owner, a raw pointer). */
export class UseAfterMoveError extends KmemError {
  readonly code = "alloc/use-after-move";
  /** What was used, as Rust writes its type. */
  readonly owner: string;
  constructor(owner: string) {
    super(`use of a moved value: this ${owner} was moved, and what it owned belongs to its new owner`);
    this.name = "UseAfterMoveError";
    this.owner = owner;
  }
}

/** An owner was used after it was dropped. */
export class UseAfterDropError extends KmemError {
  readonly code = "alloc/use-after-drop";
  readonly owner: string;
  constructor(owner: string) {
    super(`use of a dropped value: this ${owner} was dropped, and its memory given back`);
    this.name = "UseAfterDropError";
    this.owner = owner;
  }
}

export type BorrowErrorCode =
  /** The owner changed since the handle or iterator was made. */
  | "alloc/stale-borrow"
  /** A borrowed handle cannot be moved or dropped. */
  | "alloc/borrowed"
  /** The owner is in the middle of an operation (a drain, a callback) that has it for itself. */
  | "alloc/locked";

/** What Rust's borrow checker would have refused; nothing has changed. */
export class BorrowError extends KmemError {
  readonly code: BorrowErrorCode;
  readonly owner: string;
  constructor(code: BorrowErrorCode, owner: string, message: string) {
    super(message);
    this.name = "BorrowError";
    this.code = code;
    this.owner = owner;
  }
}

/** An argument that no Rust program could pass: a fractional index, an owner of another allocator. */
export class ArgumentError extends KmemError {
  readonly code: "alloc/argument" | "alloc/foreign-allocator";
  readonly value: unknown;
  constructor(code: ArgumentError["code"], message: string, value: unknown) {
    super(message);
    this.name = "ArgumentError";
    this.code = code;
    this.value = value;
  }
}

/** Why room could not be reserved: what Rust's `try_reserve` returns. */
export class TryReserveError extends KmemError {
  readonly code: "alloc/capacity-overflow" | "alloc/out-of-memory";
  /** What was asked of the allocator, if it was asked. */
  readonly layout: Layout | undefined;
  constructor(layout?: Layout) {
    super(
      "memory allocation failed because " +
        (layout === undefined
          ? "the computed capacity exceeded the collection's maximum"
          : "the memory allocator returned an error"),
    );
    this.name = "TryReserveError";
    this.code = layout === undefined ? "alloc/capacity-overflow" : "alloc/out-of-memory";
    this.layout = layout;
  }

  /** As Rust's `{:?}` writes it. */
  rustDebug(): string {
    const { layout } = this;
    if (layout === undefined) return "TryReserveError { kind: CapacityOverflow }";
    const align = `${layout.align} (1 << ${Math.log2(layout.align)})`;
    return `TryReserveError { kind: AllocError { layout: Layout { size: ${layout.size}, align: ${align} }, non_exhaustive: () } }`;
  }
}

/** Throws Rust's panic for an index that is not there. */
export function indexPanic(index: number, length: number): never {
  throw new Panic(`index out of bounds: the len is ${usizeText(length)} but the index is ${usizeText(index)}`);
}

/** Throws Rust's panic for a request beyond what any memory could hold. */
export function capacityOverflow(): never {
  throw new Panic("capacity overflow");
}

/**
 * Rust's `usize::MAX`, as near as a number comes (2^64): the capacity of a collection of zero-size elements.
 */
export const USIZE_MAX: number = 2 ** 64;

/** A usize in decimal. */
export function usizeText(value: number): string {
  return value >= USIZE_MAX ? "18446744073709551615" : String(value);
}

/**
 * Refuses what is no usize: negative, fractional, NaN, no number.
 *
 * @throws {@link ArgumentError} `alloc/argument`
 */
export function checkUsize(value: number | bigint, what: string): void {
  if (typeof value === "bigint" ? value < 0n : !Number.isInteger(value) || value < 0)
    throw new ArgumentError(
      "alloc/argument",
      `${what}: expected a whole number of 0 or more, got ${String(value)}`,
      value,
    );
}
