/**
 * Going on after an error, and throwing the first one in the end: Rust goes on dropping while it unwinds.
 *
 * @module
 */

/** Runs what may throw, and keeps the first error. */
export class FirstError {
  private failed = false;
  private error: unknown = undefined;

  attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!this.failed) this.error = error;
      this.failed = true;
    }
  }

  /** @throws the first error, if there was one */
  rethrow(): void {
    if (this.failed) throw this.error;
  }
}
