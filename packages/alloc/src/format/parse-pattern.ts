/**
 * Reads format strings.
 *
 * @see https://doc.rust-lang.org/std/fmt/#syntax
 * @module
 */
import { utf8Length } from "../string/utf8.ts";
import { FormatError, type FormatErrorCode } from "./errors.ts";
import { PLAIN } from "./spec.ts";
import type { Alignment, ArgumentName, Count, Options, Pattern, Placeholder, Trait } from "./spec.ts";

/** Patterns are mostly constants: so many are remembered. */
const REMEMBERED = 256;
/** Widths and precisions are 16 bits wide. */
export const COUNT_MAX = 0xffff;
/** Below this many bytes of text, `format!` makes no room for a pattern that begins with a placeholder. */
const SMALL = 16;

const TRAITS: Readonly<Record<string, Trait>> = {
  "": "Display",
  "?": "Debug",
  "x?": "Debug",
  "X?": "Debug",
  x: "LowerHex",
  X: "UpperHex",
  o: "Octal",
  b: "Binary",
  e: "LowerExp",
  E: "UpperExp",
  p: "Pointer",
};

const ALIGNMENTS: Readonly<Record<string, Alignment>> = { "<": "left", "^": "center", ">": "right" };

const known = new Map<string, Pattern>();

/** @throws FormatError */
export function parsePattern(source: string): Pattern {
  let pattern = known.get(source);
  if (pattern === undefined) {
    pattern = new PatternParser(source).parse();
    if (known.size >= REMEMBERED) known.clear();
    known.set(source, pattern);
  }
  return pattern;
}

class PatternParser {
  private readonly source: string;
  private at = 0;
  private nextArgument = 0;
  private readonly pieces: (string | Placeholder)[] = [];
  private text = "";
  private readonly used = new Set<ArgumentName>();

  constructor(source: string) {
    this.source = source;
  }

  parse(): Pattern {
    const { source } = this;
    while (this.at < source.length) {
      const char = source[this.at]!;
      if (char !== "{" && char !== "}") this.takeText();
      else if (source[this.at + 1] === char) {
        this.text += char;
        this.at += 2;
      } else if (char === "}") this.fail("format/unmatched", "unmatched `}` found: write `}}` for a `}`");
      else this.placeholder();
    }
    this.flush();
    const placeholders = this.pieces.reduce((sum, piece) => sum + (typeof piece === "string" ? 0 : 1), 0);
    return { source, pieces: this.pieces, capacity: this.capacity(placeholders), used: this.used, placeholders };
  }

  private takeText(): void {
    const { source } = this;
    const start = this.at;
    while (this.at < source.length && source[this.at] !== "{" && source[this.at] !== "}") this.at++;
    this.text += source.slice(start, this.at);
  }

  private flush(): void {
    if (this.text !== "") this.pieces.push(this.text);
    this.text = "";
  }

  private capacity(placeholders: number): number {
    const bytes = this.pieces.reduce((sum, piece) => sum + (typeof piece === "string" ? utf8Length(piece) : 0), 0);
    if (placeholders === 0) return bytes;
    return typeof this.pieces[0] !== "string" && bytes < SMALL ? 0 : 2 * bytes;
  }

  private placeholder(): void {
    this.flush();
    const position = this.at++;
    this.skipBlanks();
    const named = this.argument();
    this.skipBlanks();
    const spec = this.take(":") ? this.spec() : NO_SPEC;
    this.skipBlanks();
    if (this.at >= this.source.length) this.fail("format/unclosed", "expected `}` but string was terminated");
    if (!this.take("}")) this.fail("format/placeholder", `expected \`}\`, found ${JSON.stringify(this.peek())}`);
    const argument = named ?? this.nextArgument++;
    this.used.add(argument);
    this.pieces.push({ ...spec, argument, position });
  }

  private spec(): Omit<Placeholder, "argument" | "position"> {
    const fillAndAlign = this.fillAndAlign();
    const plus = this.take("+");
    const minus = !plus && this.take("-");
    const alternate = this.take("#");
    // "0$" is argument 0 as the width, not the flag.
    const zero = this.source[this.at] === "0" && this.source[this.at + 1] !== "$" && this.take("0");
    const width = this.count();
    const precision = this.take(".") ? this.precision() : undefined;
    const name = /^[^\s}]*/.exec(this.source.slice(this.at))![0];
    const trait = Object.prototype.hasOwnProperty.call(TRAITS, name) ? TRAITS[name] : undefined;
    if (trait === undefined)
      this.fail(
        this.source.includes("}", this.at) ? "format/unknown-trait" : "format/unclosed",
        `unknown format trait \`${name}\`: expected nothing, ?, x?, X?, x, X, o, b, e, E or p`,
      );
    this.at += name.length;
    const debugHex = name === "x?" ? "lower" : name === "X?" ? "upper" : undefined;
    const options: Options = {
      ...fillAndAlign,
      plus,
      minus,
      alternate,
      zero,
      debugHex,
      width: fixed(width),
      precision: fixed(precision),
    };
    return { trait, options, width, precision };
  }

  private fillAndAlign(): { fill: string; align: Alignment | undefined } {
    const code = this.source.codePointAt(this.at);
    const fill = code === undefined ? "" : String.fromCodePoint(code);
    const behind = ALIGNMENTS[this.source[this.at + fill.length] ?? ""];
    if (fill !== "" && behind !== undefined) {
      this.at += fill.length + 1;
      return { fill, align: behind };
    }
    const align = ALIGNMENTS[fill];
    if (align !== undefined) this.at++;
    return { fill: " ", align };
  }

  private precision(): Count | undefined {
    if (this.take("*")) {
      const from = this.nextArgument++;
      this.used.add(from);
      return { from };
    }
    const count = this.count();
    if (count === undefined) this.fail("format/placeholder", "expected a precision behind the `.`");
    return count;
  }

  /** A number, or an argument with `$`. */
  private count(): Count | undefined {
    const found = /^(?:(\d+)|([\p{XID_Start}_]\p{XID_Continue}*))(\$?)/u.exec(this.source.slice(this.at));
    if (found === null) return undefined;
    const [all, digits, name, dollar] = found;
    // A name without `$` is the trait.
    if (dollar === "" && digits === undefined) return undefined;
    if (dollar === "") {
      this.at += all.length;
      const value = Number(digits);
      if (value > COUNT_MAX) this.fail("format/count", `integer \`${digits!}\` does not fit into 0 … ${COUNT_MAX}`);
      return { fixed: value };
    }
    this.at += all.length;
    const from = name ?? Number(digits);
    this.used.add(from);
    return { from };
  }

  private argument(): ArgumentName | undefined {
    const found = /^(?:(\d+)|([\p{XID_Start}_]\p{XID_Continue}*))/u.exec(this.source.slice(this.at));
    if (found === null) return undefined;
    this.at += found[0].length;
    return found[2] ?? Number(found[1]);
  }

  private skipBlanks(): void {
    while (/\s/.test(this.peek())) this.at++;
  }

  private peek(): string {
    return this.source[this.at] ?? "";
  }

  private take(char: string): boolean {
    if (this.source[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private fail(code: FormatErrorCode, message: string): never {
    throw new FormatError(code, `${message} (at ${this.at})`, this.source, this.at);
  }
}

const NO_SPEC: Omit<Placeholder, "argument" | "position"> = {
  trait: "Display",
  options: PLAIN,
  width: undefined,
  precision: undefined,
};

function fixed(count: Count | undefined): number | undefined {
  return count !== undefined && "fixed" in count ? count.fixed : undefined;
}
