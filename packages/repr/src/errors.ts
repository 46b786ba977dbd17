/**
 * The errors of element types.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";

export type ReprErrorCode =
  "repr/value" | "repr/layout" | "repr/nested-option" | "repr/bytes" | "repr/lender" | "repr/clone";

/** A value that a type cannot hold, bytes that are no value of it, or a layout that cannot be; nothing has changed. */
export class ReprError extends KmemError {
  readonly code: ReprErrorCode;
  /** The value that was refused. */
  readonly value: unknown;
  constructor(code: ReprErrorCode, message: string, value?: unknown) {
    super(message);
    this.name = "ReprError";
    this.code = code;
    this.value = value;
  }
}

/** Throws `repr/value`: "expected u8 (0 … 255), got 300". */
export function wrongValue(expected: string, got: unknown): never {
  throw new ReprError("repr/value", `expected ${expected}, got ${show(got)}`, got);
}

/** A value in a few words, for messages. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return `a ${constructorName(value)}`;
  return String(value);
}

function constructorName(value: object): string {
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "value without a class";
}
