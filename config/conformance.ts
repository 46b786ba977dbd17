/**
 * How the replay of a recording reports: used by each package's `test/conformance/` and by `pnpm conformance`.
 *
 * A package's `test/conformance/replay.ts` exports `replays`: for each suite that it knows (the recording's `suite`;
 * for suite `alloc`, `alloc/<type>`; for the MMU's file `mmu`) a {@link Replay}. It gets the package's exports as
 * `api`, so that the same replay runs on the sources (in the package's tests) and on the built files.
 */
export class Tally {
  passed = 0;
  failed = 0;
  firstMismatch: string | undefined = undefined;
  readonly skipped = new Map<string, number>();

  pass(): void {
    this.passed++;
  }

  /** @param describe - the mismatch in full: which case, what was expected, what came */
  fail(describe: () => string): void {
    this.failed++;
    this.firstMismatch ??= describe();
  }

  /** Counts one case as passed or failed. An error that `run` throws is a mismatch. */
  case(name: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof NotYet) {
        this.skip(error.message);
        return;
      }
      this.fail(() => `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return;
    }
    this.pass();
  }

  skip(reason: string, cases = 1): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + cases);
  }
}

/** A case needs what the package does not have yet. */
export class NotYet extends Error {
  constructor(what: string) {
    super(`the package has no ${what} yet`);
    this.name = "NotYet";
  }
}

/** A mismatch inside a case. */
export class Mismatch extends Error {
  constructor(what: string, expected: unknown, actual: unknown) {
    super(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
    this.name = "Mismatch";
    this.stack = this.message;
  }
}

export interface ReplayOptions {
  /** Reproduce Rust's outcome also where ours differs on purpose. */
  readonly strict: boolean;
}

export type Replay<Api> = (recording: unknown, api: Api, tally: Tally, options: ReplayOptions) => void;
