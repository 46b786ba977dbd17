/**
 * The errors of the sanitizer.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";
import type { Finding, FindingCode } from "./finding.ts";

/** Something wrong was found; what was asked for has not been done. Its message is the whole report. */
export class SanitizerError extends KmemError {
  readonly code: FindingCode;
  /** What was found; the first, where `findings` are several. */
  readonly finding: Finding;
  readonly findings: readonly Finding[];
  /** @param findings - at least one */
  constructor(findings: readonly [Finding, ...Finding[]]) {
    super(findings.map(({ text }) => text).join("\n"));
    this.name = "SanitizerError";
    this.finding = findings[0];
    this.code = this.finding.code;
    this.findings = findings;
  }
}

/** An option, or what is to be wrapped, is out of range. */
export class SanitizerOptionError extends KmemError {
  readonly code = "sanitizer/options";
  /** The option's name. */
  readonly option: string;
  /** The value that was refused. */
  readonly value: unknown;
  constructor(option: string, expected: string, value: unknown) {
    super(`${option}: expected ${expected}, got ${String(value)}`);
    this.name = "SanitizerOptionError";
    this.option = option;
    this.value = value;
  }
}
