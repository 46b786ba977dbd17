/**
 * `kernel tour`: the post, chapter by chapter.
 *
 * @module
 */
import chalk from "chalk";
import { chapters } from "../chapters/index.ts";
import { sectionUrl, type Chapter, type Language } from "../tour/chapter.ts";
import { play } from "../tour/play.ts";
import { eventText, type Style } from "./tour-text.ts";
import { UsageError } from "./usage-error.ts";

export interface TourOptions {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly step?: boolean;
  readonly lang?: Language;
}

const MIN_WIDTH = 40;
const DEFAULT_WIDTH = 100;
const CONTROL_C = "\x03";

/** @returns the exit status */
export async function tour(name: string | undefined, options: TourOptions): Promise<number> {
  const language = options.lang ?? localeLanguage();
  const chosen = name === undefined ? chapters : [chapterCalled(name)];
  if (options.list === true) {
    list(chosen, language, options.json === true);
    return 0;
  }
  const style: Style = {
    width: Math.max(MIN_WIDTH, process.stdout.isTTY ? process.stdout.columns : DEFAULT_WIDTH),
    chalk,
  };
  let isFirst = true;
  for (const chapter of chosen)
    for (const event of play(chapter, language)) {
      const isPause = event.kind === "chapter" || event.kind === "step";
      if (options.step === true && isPause && !isFirst && !(await keyPressed())) return 0;
      if (isPause) isFirst = event.kind === "chapter";
      console.log(options.json === true ? JSON.stringify(event) : eventText(event, style));
    }
  return 0;
}

function chapterCalled(name: string): Chapter {
  const found = chapters.find((chapter, index) => chapter.name === name || String(index + 1) === name);
  if (found !== undefined) return found;
  throw new UsageError(`there is no chapter "${name}"; there are ${chapters.map((each) => each.name).join(", ")}`);
}

function list(chosen: readonly Chapter[], language: Language, asJson: boolean): void {
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

/** Waits for a key; standard input that has ended counts as one. @returns whether to go on */
async function keyPressed(): Promise<boolean> {
  const { stdin } = process;
  if (stdin.isTTY) stdin.setRawMode(true);
  const key = await new Promise<string>((resolve) => {
    stdin.resume();
    stdin.once("data", (data) => resolve(String(data)));
    stdin.once("end", () => resolve(""));
  });
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.pause();
  return key !== CONTROL_C && key !== "q";
}
