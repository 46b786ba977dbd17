/**
 * `kernel draw` on the command line.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from "commander";
import { withMachineOptions } from "../machine-options.ts";
import { draw, type DrawOptions } from "./draw.ts";
import { SUBJECTS } from "./moment.ts";

const MAX_SCALE = 8;

/** Adds the command. @param done - gets the exit status */
export function addDraw(program: Command, done: (status: number) => void): void {
  const command = withMachineOptions(program.command("draw"))
    .description("draw a machine's heap, page tables, stack or screen as a picture")
    .argument("<subject>", SUBJECTS.join(", "))
    .argument("[file]", "module that exports a kernel (default: the post's)")
    .option("--out <file>", "where the picture goes: .svg or .png (default: SVG on standard output)")
    .option(
      "--after <chapter/step>",
      "the tour's last such picture up to this chapter or step, instead of a kernel's end",
    )
    .addOption(new Option("--load <file>", "draw a saved machine instead of booting one").conflicts("after"))
    .addOption(new Option("--theme <name>", "colours").choices(["light", "dark"]).default("light"))
    .addOption(new Option("--scale <number>", "pixels for each of the picture's").argParser(parseScale).default(1));
  command.action(async (subject: string, file: string | undefined, options: DrawOptions) => {
    const given = withMachineOptions(program.createCommand()).options.find(
      (option) => command.getOptionValueSource(option.attributeName()) === "cli",
    );
    done(await draw(subject, options, { file, machineOption: given?.long ?? undefined }));
  });
}

function parseScale(text: string): number {
  const scale = Number(text);
  if (text.trim() === "" || !(scale >= 0.25 && scale <= MAX_SCALE))
    throw new InvalidArgumentError(`expected a number from 0.25 to ${MAX_SCALE}`);
  return scale;
}
