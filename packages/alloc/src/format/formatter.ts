/**
 * Rust's `Formatter`: where text goes, and how the placeholder wants it.
 *
 * @see https://doc.rust-lang.org/std/fmt/struct.Formatter.html
 * @module
 */
import { DebugList, DebugMap, DebugSet, DebugStruct, DebugTuple } from "./builders.ts";
import type { NumberParts } from "./number-parts.ts";
import type { Alignment, Options, Trait } from "./spec.ts";
import { writeValue } from "./values.ts";
import { Indented, type Write } from "./write.ts";

/** Handed to `fmtDisplay`, `fmtDebug`, … of a value that writes itself. */
export class Formatter implements Write {
  private readonly out: Write;
  readonly options: Options;

  constructor(out: Write, options: Options) {
    this.out = out;
    this.options = options;
  }

  // What the placeholder says

  /** Least width in characters, if there is one. */
  get width(): number | undefined {
    return this.options.width;
  }

  get precision(): number | undefined {
    return this.options.precision;
  }

  get fill(): string {
    return this.options.fill;
  }

  get align(): Alignment | undefined {
    return this.options.align;
  }

  /** `#`: Debug on many lines, and `0x` before digits. */
  get alternate(): boolean {
    return this.options.alternate;
  }

  /** `+` */
  get signPlus(): boolean {
    return this.options.plus;
  }

  /** `-` */
  get signMinus(): boolean {
    return this.options.minus;
  }

  /** `0`: zeros between a number's sign and its digits. */
  get signAwareZeroPad(): boolean {
    return this.options.zero;
  }

  // Writing

  /** Text as it is. */
  writeStr(text: string): void {
    if (text !== "") this.out.writeStr(text);
  }

  /** Another value, by the same options. */
  display(value: unknown): void {
    writeValue(this, "Display", value);
  }

  /** Another value as `{:?}`, by the same options. */
  debug(value: unknown): void {
    writeValue(this, "Debug", value);
  }

  /** Another value by any trait, and the same options. */
  write(trait: Trait, value: unknown): void {
    writeValue(this, trait, value);
  }

  /** Text, cut to the precision and filled up to the width, to the right if nothing is said. */
  pad(text: string): void {
    const { width, precision } = this.options;
    const shown = precision === undefined ? text : firstChars(text, precision);
    if (width === undefined) this.writeStr(shown);
    else this.padded(width - charCount(shown), "left", () => this.writeStr(shown));
  }

  /**
   * Digits of a whole number, with its sign, the prefix if the placeholder has `#`, and filled up to the width.
   *
   * @param prefix - "0x", …
   */
  padIntegral(isNonNegative: boolean, prefix: string, digits: string): void {
    const { width, plus, alternate, zero } = this.options;
    const sign = isNonNegative ? (plus ? "+" : "") : "-";
    const shown = alternate ? prefix : "";
    const missing = (width ?? 0) - sign.length - shown.length - digits.length;
    const writePrefix = (): void => {
      this.writeStr(sign);
      this.writeStr(shown);
    };
    if (zero) {
      writePrefix();
      this.repeat("0", missing);
      this.writeStr(digits);
    } else
      this.padded(missing, "right", () => {
        writePrefix();
        this.writeStr(digits);
      });
  }

  /** A number in parts, filled up to the width. */
  padNumber({ sign, parts }: NumberParts): void {
    const { width, zero } = this.options;
    const missing = (width ?? 0) - parts.reduce((sum, part) => sum + part.length, sign.length);
    const writeParts = (): void => {
      for (const part of parts) this.writeStr(part);
    };
    if (zero && width !== undefined) {
      this.writeStr(sign);
      this.repeat("0", missing);
      writeParts();
    } else
      this.padded(missing, "right", () => {
        this.writeStr(sign);
        writeParts();
      });
  }

  // What Debug is made of

  debugStruct(name: string): DebugStruct {
    return new DebugStruct(this, name);
  }

  debugTuple(name: string): DebugTuple {
    return new DebugTuple(this, name);
  }

  debugList(): DebugList {
    return new DebugList(this);
  }

  debugSet(): DebugSet {
    return new DebugSet(this);
  }

  debugMap(): DebugMap {
    return new DebugMap(this);
  }

  /** The same options, with every line four blanks further in. */
  indented(): Formatter {
    return new Formatter(new Indented(this.out), this.options);
  }

  /** The same place, with other options. */
  with(options: Partial<Options>): Formatter {
    return new Formatter(this.out, { ...this.options, ...options });
  }

  private padded(missing: number, byDefault: Alignment, write: () => void): void {
    if (missing <= 0) {
      write();
      return;
    }
    const { fill, align = byDefault } = this.options;
    const before = align === "left" ? 0 : align === "right" ? missing : Math.floor(missing / 2);
    this.repeat(fill, before);
    write();
    this.repeat(fill, missing - before);
  }

  /** One append for each, as Rust: a String's capacity shows it. */
  private repeat(text: string, times: number): void {
    for (let i = 0; i < times; i++) this.writeStr(text);
  }
}

function charCount(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}

function firstChars(text: string, count: number): string {
  if (text.length <= count) return text;
  let i = 0;
  for (let left = count; left > 0 && i < text.length; left--) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
  return text.slice(0, i);
}
