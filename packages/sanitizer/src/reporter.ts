/**
 * Where findings go.
 *
 * @module
 */
import { SanitizerError } from "./errors.ts";
import type { Finding } from "./finding.ts";
import type { OnFinding } from "./options.ts";
import { cutStack } from "./trace.ts";

/** So many findings are kept; the others are counted. */
const MOST_FINDINGS = 1000;

export class Reporter {
  readonly findings: Finding[] = [];
  /** All findings, also those that are not kept. */
  count = 0;
  private readonly onFinding: OnFinding;

  constructor(onFinding: OnFinding) {
    this.onFinding = onFinding;
  }

  /**
   * Throws, or keeps findings, or hands them on.
   *
   * @param owner - whose `method` the program has called: the error's stack starts above
   */
  report(found: readonly Finding[], owner: object, method: string | symbol): void {
    const [first, ...others] = found;
    if (first === undefined) return;
    this.count += found.length;
    this.findings.push(...found.slice(0, MOST_FINDINGS - this.findings.length));
    if (this.onFinding === "throw") {
      const error = new SanitizerError([first, ...others]);
      cutStack(error, owner, method);
      throw error;
    }
    if (this.onFinding !== "collect") for (const finding of found) this.onFinding(finding);
  }
}
