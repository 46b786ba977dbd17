/**
 * Breaks text into lines of a terminal: between words, and between Chinese characters.
 *
 * Words are not cut unless they are longer than a line. A line does not begin with the marks that close something
 * (，。）…) nor end with those that open something (（「…).
 *
 * @module
 */
import stringWidth from "string-width";

const OPENING = "（「『《【“‘";
const CLOSING = "，。、：；！？）」』》】”’…";
const WIDE = "\\p{Script=Han}\\u3000-\\u303f\\uff00-\\uffef";

/** What stays together: a word or a Chinese character, with the marks around it; or blanks. */
const UNIT = new RegExp(`\\s+|[${OPENING}]*(?:[^\\s${WIDE}${OPENING}${CLOSING}]+|[${WIDE}])?[${CLOSING}]*`, "gu");

/**
 * @param width - columns
 * @param indent - put before every line but the first
 */
export function wrapText(text: string, width: number, indent = ""): string[] {
  return text.split("\n").flatMap((paragraph) => wrapParagraph(paragraph, width, indent));
}

function wrapParagraph(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  let columns = 0;
  let blank = "";
  let pieces = 0;
  const put = (piece: string, wide: number): void => {
    if (pieces > 0 && columns + blank.length + wide > width) {
      lines.push(line);
      line = indent;
      columns = indent.length;
      blank = "";
      pieces = 0;
    }
    line += blank + piece;
    columns += blank.length + wide;
    blank = "";
    pieces++;
  };
  for (const [unit] of text.matchAll(UNIT)) {
    const wide = stringWidth(unit);
    if (/^\s/.test(unit)) blank = pieces === 0 ? "" : unit;
    else if (wide <= width - indent.length) put(unit, wide);
    else for (const char of unit) put(char, stringWidth(char));
  }
  return [...lines, line];
}
