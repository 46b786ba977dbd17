/**
 * Rust's `unwrap` family on results, and conversions that may fail.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { debugText, type RustDebug } from "./debug-text.ts";

/** A value of `result(T, E)`. */
export type Result<T, E> = { readonly tag: "Ok"; readonly value: T } | { readonly tag: "Err"; readonly value: E };

/** A slice of another length than the array that was asked for. */
export class TryFromSliceError extends Error implements RustDebug {
  constructor() {
    super("could not convert slice to array");
    this.name = "TryFromSliceError";
  }

  rustDebug(): string {
    return "TryFromSliceError(())";
  }
}

export function ok<T>(value: T): Result<T, never> {
  return { tag: "Ok", value };
}

export function err<E>(value: E): Result<never, E> {
  return { tag: "Err", value };
}

/** What a function of this library returned, value or error, as a result. @example asResult(parseText(u8, "7")).tag // => "Ok" */
export function asResult<T>(returned: T): Result<Exclude<T, Error>, Extract<T, Error>> {
  return returned instanceof Error ? err(returned as Extract<T, Error>) : ok(returned as Exclude<T, Error>);
}

/** The value of Ok. @throws Panic "called `Result::unwrap()` on an `Err` value: …" @example unwrapOk(ok(1)) // => 1 */
export function unwrapOk<T, E>(result: Result<T, E>): T {
  if (result.tag === "Ok") return result.value;
  throw new Panic(`called \`Result::unwrap()\` on an \`Err\` value: ${debugText(result.value)}`);
}

/** The value of Ok. @throws Panic "`message`: …" */
export function expectOk<T, E>(result: Result<T, E>, message: string): T {
  if (result.tag === "Ok") return result.value;
  throw new Panic(`${message}: ${debugText(result.value)}`);
}

/** The value of Err. @throws Panic "called `Result::unwrap_err()` on an `Ok` value: …" */
export function unwrapErr<T, E>(result: Result<T, E>): E {
  if (result.tag === "Err") return result.value;
  throw new Panic(`called \`Result::unwrap_err()\` on an \`Ok\` value: ${debugText(result.value)}`);
}

/** Copies of all elements, if there are exactly `length`: Rust's `<[T; N]>::try_from(slice)`. */
export function tryIntoArray<T>(
  values: Iterable<T> & { readonly length: number },
  length: number,
): Result<T[], TryFromSliceError> {
  return values.length === length ? ok([...values]) : err(new TryFromSliceError());
}
