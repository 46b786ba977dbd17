export { Sanitizer } from "./sanitizer.ts";
export type { OnFinding, SanitizerOptions } from "./options.ts";
export type { Finding, FindingCode } from "./finding.ts";
export type { BlockInfo } from "./block.ts";
export type { Trace } from "./trace.ts";
export type { Range } from "./shadow.ts";
export { SanitizerError, SanitizerOptionError } from "./errors.ts";
