/**
 * Lines of TypeScript to JavaScript that this engine runs: types are left out, `using` becomes `try … finally`.
 *
 * @module
 */
import { transformSync, type Message } from "esbuild";

/** The line is not at its end: more may follow. */
export class Unfinished extends Error {}

/** What says that a text ends too early. */
const TOO_EARLY = /end of file|Unterminated (template literal|regular expression|string)|Expected "\*\/"/;

/**
 * @throws {@link Unfinished} when more lines are needed; SyntaxError when it is no TypeScript
 */
export function compileLine(text: string): string {
  // `{ a: 1 }` alone is an object, not a block.
  if (/^\s*\{[^]*\}\s*$/.test(text)) {
    try {
      return compiled(`(${text.trim()})`);
    } catch {
      // It is a block, then.
    }
  }
  return compiled(text);
}

function compiled(text: string): string {
  try {
    return transformSync(text, { loader: "ts", target: "node20", logLevel: "silent", tsconfigRaw: {} }).code;
  } catch (error) {
    const [first] = (error as { errors?: readonly Message[] }).errors ?? [];
    if (first === undefined) throw error;
    if (TOO_EARLY.test(first.text)) throw new Unfinished(first.text);
    throw new SyntaxError(first.text);
  }
}
