/**
 * `kernel draw`: a machine's heap, page tables, stack or screen as a picture.
 *
 * @module
 */
import { statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { chapters } from "../../chapters/index.ts";
import { heapPicture } from "../../draw/heap-picture.ts";
import { pagesPicture } from "../../draw/pages-picture.ts";
import { MAX_PIXELS, type Picture } from "../../draw/picture.ts";
import { screenPicture } from "../../draw/screen-picture.ts";
import { stackPicture } from "../../draw/stack-picture.ts";
import { svg } from "../../draw/svg.ts";
import { THEMES, type Theme, type ThemeName } from "../../draw/theme.ts";
import type { RunOptions } from "../commands.ts";
import { bootedMachine, loadedMachine } from "../inspect/subject.ts";
import { UsageError } from "../usage-error.ts";
import { momentOfMachine, momentOfTour, SUBJECTS, type Moment, type SubjectName } from "./moment.ts";

export interface DrawOptions extends RunOptions {
  readonly out?: string;
  readonly after?: string;
  readonly load?: string;
  readonly theme: ThemeName;
  readonly scale: number;
}

/** What has a meaning only for a machine that is booted for the picture. */
export interface BootWords {
  /** The user's own kernel. */
  readonly file: string | undefined;
  /** An option for the machine that was given. */
  readonly machineOption: string | undefined;
}

/**
 * Draws, and writes the picture. Nothing is written when anything is wrong.
 *
 * @returns the exit status
 * @throws {@link UsageError} when the words, options or files are wrong
 */
export async function draw(subject: string, options: DrawOptions, boot: BootWords): Promise<number> {
  const { out, theme, scale } = options;
  const name = subjectCalled(subject);
  const format = formatOf(out);
  if (out !== undefined) checkPlace(out);
  const picture = pictureOf(await momentOf(name, options, boot), THEMES[theme]);
  const large = Math.max(picture.width, picture.height) * scale;
  if (format === ".png" && large > MAX_PIXELS)
    throw new UsageError(
      `the picture would be ${Math.ceil(large)} pixels long, a PNG has at most ${MAX_PIXELS}: draw an SVG`,
    );
  const bytes = format === ".png" ? await pngOf(picture, scale) : svg(picture, scale);
  if (out === undefined) process.stdout.write(bytes);
  else write(out, bytes);
  return 0;
}

/** What rasterises is loaded only for a PNG: it takes a while. */
async function pngOf(picture: Picture, scale: number): Promise<Uint8Array> {
  const { png } = await import("../../draw/png.ts");
  return png(picture, scale);
}

/** The picture of a moment. */
export function pictureOf(moment: Moment, theme: Theme): Picture {
  switch (moment.kind) {
    case "heap":
      return heapPicture(moment.title, moment.map, theme);
    case "pages":
      return pagesPicture(moment.title, moment.tree, theme);
    case "stack":
      return stackPicture(moment.title, moment.picture, theme);
    case "screen":
      return screenPicture(moment.screen);
  }
}

async function momentOf(subject: SubjectName, options: DrawOptions, boot: BootWords): Promise<Moment> {
  const { load, memory, heapSize = 0 } = options;
  const surplus = boot.file ?? boot.machineOption;
  const isBooted = load === undefined && options.after === undefined && subject !== "stack";
  if (!isBooted && surplus !== undefined)
    throw new UsageError(`"${surplus}" has no meaning here: no machine is booted for this picture`);
  if (load !== undefined) return momentOfMachine(subject, loadedMachine(load), basename(load));
  // Only the tour's functions keep their variables on the machine's stack.
  const after = options.after ?? (subject === "stack" ? chapters[0]!.name : undefined);
  if (after !== undefined) return momentOfTour(subject, after);
  if (heapSize > memory)
    throw new UsageError(`a heap of ${heapSize} bytes is larger than the memory of ${memory} bytes`);
  const machine = await bootedMachine(boot.file, options);
  return momentOfMachine(subject, machine, boot.file === undefined ? "main" : basename(boot.file));
}

function subjectCalled(name: string): SubjectName {
  const found = SUBJECTS.find((each) => each === name);
  if (found === undefined) throw new UsageError(`there is no "${name}" to draw; there are ${SUBJECTS.join(", ")}`);
  return found;
}

function formatOf(out: string | undefined): ".svg" | ".png" {
  const extension = out === undefined ? ".svg" : extname(out).toLowerCase();
  if (extension === ".svg" || extension === ".png") return extension;
  throw new UsageError(`${out ?? ""}: expected a name that ends in .svg or .png`);
}

function checkPlace(out: string): void {
  const folder = statSync(dirname(out), { throwIfNoEntry: false });
  if (folder?.isDirectory() !== true) throw new UsageError(`${out}: there is no folder ${dirname(out)}`);
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory() === true) throw new UsageError(`${out} is a folder`);
}

function write(out: string, bytes: string | Uint8Array): void {
  try {
    writeFileSync(out, bytes);
  } catch (error) {
    throw new UsageError(`${out} cannot be written: ${(error as { code?: string }).code ?? String(error)}`);
  }
}
