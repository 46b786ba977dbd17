/**
 * `kernel tour`: the post, chapter by chapter.
 *
 * @module
 */
import { chapters } from "../chapters/index.ts";
import { sectionUrl, type Chapter, type Language, type Localized } from "../tour/chapter.ts";
import { play } from "../tour/play.ts";
import { terminalColors, terminalWidth } from "./terminal.ts";
import { TourKeys } from "./tour-keys.ts";
import { eventText, type Style } from "./tour-text.ts";
import { UsageError } from "./usage-error.ts";

export interface TourOptions {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly step?: boolean;
  readonly lang?: Language;
}

/** Keys that end a tour: q, Control-C and Control-D. */
const LEAVE = ["q", "Q", "\x03", "\x04"];
/** Back to the start of the line, and clears it. */
const CLEAR_LINE = "\r\x1b[K";

const HINT: Localized = { en: "any key: go on · q: leave", zh: "任意键：继续 · q：退出" };

/** @returns the exit status */
export async function tour(name: string | undefined, options: TourOptions): Promise<number> {
  const language = options.lang ?? localeLanguage();
  const chosen = name === undefined ? chapters : [chapterCalled(name)];
  if (options.list === true) {
    list(chosen, language, options.json === true);
    return 0;
  }
  const style: Style = { width: terminalWidth(), chalk: terminalColors(), language };
  const keys = options.step === true ? new TourKeys(process.stdin) : undefined;
  const asJson = options.json === true;
  const progress = asJson ? () => undefined : lineOnTerminal(style);
  let isFirst = true;
  for (const chapter of chosen)
    for (const event of play(chapter, language, progress)) {
      progress("");
      const isPause = event.kind === "chapter" || event.kind === "step";
      if (keys !== undefined && isPause && !isFirst) {
        progress(HINT[language]);
        const key = await keys.next();
        progress("");
        // Input that has ended does not stop the tour.
        if (key !== undefined && LEAVE.includes(key)) return 0;
      }
      if (isPause) isFirst = event.kind === "chapter";
      console.log(asJson ? JSON.stringify(event, withoutCells) : eventText(event, style));
    }
  return 0;
}

/** A line that comes and goes at the end of what was printed; nothing where the output is no terminal. */
function lineOnTerminal({ chalk, width }: Style): (text: string) => void {
  if (!process.stdout.isTTY) return () => undefined;
  let isShown = false;
  return (text) => {
    if (text !== "" || isShown) process.stdout.write(CLEAR_LINE + chalk.dim(text.slice(0, width - 1)));
    isShown = text !== "";
  };
}

/** A program is told a screen's rows, not each of its 2000 cells. */
function withoutCells(key: string, value: unknown): unknown {
  return key === "screen" ? undefined : value;
}

function chapterCalled(name: string): Chapter {
  const found = chapters.find((chapter, index) => chapter.name === name || String(index + 1) === name);
  if (found !== undefined) return found;
  throw new UsageError(`there is no chapter "${name}"; there are ${chapters.map((each) => each.name).join(", ")}`);
}

function list(chosen: readonly Chapter[], language: Language, asJson: boolean): void {
  const chalk = terminalColors();
  const width = Math.max(...chapters.map((chapter) => chapter.name.length));
  for (const chapter of chosen) {
    const summary = chapter.summary[language];
    if (asJson) console.log(JSON.stringify({ name: chapter.name, section: sectionUrl(chapter), summary }));
    else console.log(`${chalk.bold(chapter.name.padEnd(width))}  ${summary}`);
  }
}

/** Chinese where the locale is, else English. */
export function localeLanguage(env: NodeJS.ProcessEnv = process.env): Language {
  // An empty variable counts as none.
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value !== undefined && value !== "") ?? "";
  return locale.toLowerCase().startsWith("zh") ? "zh" : "en";
}
