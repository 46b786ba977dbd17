/**
 * Where formatted text goes.
 *
 * @module
 */

/** Rust's `fmt::Write`: a String, a serial port, a screen. What it throws ends the formatting. */
export interface Write {
  writeStr(text: string): void;
}

const INDENT = "    ";

/** Puts four blanks before every line: how `{:#?}` writes what is inside. */
export class Indented implements Write {
  private readonly inner: Write;
  private isLineStart = true;

  constructor(inner: Write) {
    this.inner = inner;
  }

  writeStr(text: string): void {
    for (let from = 0; from < text.length;) {
      const newline = text.indexOf("\n", from);
      const to = newline < 0 ? text.length : newline + 1;
      if (this.isLineStart) this.inner.writeStr(INDENT);
      this.isLineStart = newline >= 0;
      this.inner.writeStr(text.slice(from, to));
      from = to;
    }
  }
}
