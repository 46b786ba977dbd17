/**
 * Values as Rust's `{:?}` writes them into panics.
 *
 * @module
 */
import { writeQuoted } from "../string/escape.ts";

/** What knows how Rust's derived `Debug` writes it. */
export interface RustDebug {
  rustDebug(): string;
}

/**
 * A value as `{:?}` writes it: text quoted and escaped, `null` and `undefined` as None, arrays and plain objects by parts.
 *
 * @example debugText('say "hi"') // => '"say \\"hi\\""'
 * @example debugText([1, null]) // => "[1, None]"
 */
export function debugText(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || value === undefined) return "None";
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value !== "object") return typeof value;
  const { rustDebug } = value as Partial<RustDebug>;
  if (typeof rustDebug === "function") return rustDebug.call(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.map(debugText).join(", ")}]`;
  if (value instanceof Error) return value.name;
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${debugText(field)}`);
  return `{ ${fields.join(", ")} }`;
}

function quoted(text: string): string {
  let result = "";
  writeQuoted({ writeStr: (piece) => (result += piece) }, text, '"');
  return result;
}
