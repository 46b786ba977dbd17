/**
 * Call stacks: who allocated, freed or touched a block.
 *
 * @module
 */

/** A call stack at some moment. The engine turns it into text only when somebody asks. */
export interface Trace {
  /** One line for each call, the innermost first, as the engine prints it; none where it was not captured. */
  readonly frames: readonly string[];
}

/** V8's: writes `holder.stack` as of the call of `above`. */
const captureStackTrace = (Error as { captureStackTrace?: (holder: object, above: unknown) => void }).captureStackTrace;

/** Where stacks are not captured. */
export const NO_TRACE: Trace = { frames: [] };

class CapturedTrace implements Trace {
  private readonly holder: { readonly stack?: string };
  private lines: readonly string[] | undefined = undefined;

  constructor(holder: { readonly stack?: string }) {
    this.holder = holder;
  }

  get frames(): readonly string[] {
    this.lines ??= framesIn(this.holder.stack ?? "");
    return this.lines;
  }
}

/**
 * Captures the calls that led here, without our own: those above the call of `owner[method]`.
 *
 * Engines without `Error.captureStackTrace` give all of them.
 */
export function captureTrace(owner: object, method: string | symbol): Trace {
  const holder = captureStackTrace === undefined ? new Error() : {};
  cutStack(holder, owner, method);
  return new CapturedTrace(holder);
}

/** Writes the stack without the call of `owner[method]`, and without what that called. */
export function cutStack(holder: object, owner: object, method: string | symbol): void {
  captureStackTrace?.(holder, (owner as Record<string | symbol, unknown>)[method]);
}

/** The lines of a stack that name calls: V8 writes `at name (place)`, others `name@place`. */
function framesIn(stack: string): string[] {
  return stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at ") || line.includes("@"));
}
