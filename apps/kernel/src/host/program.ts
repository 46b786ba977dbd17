/**
 * The commands and their options.
 *
 * @module
 */
import { BootError } from "@kmem/bootloader";
import { MachineError } from "@kmem/machine";
import { Command, CommanderError, Option } from "commander";
import { run, test, type RunOptions } from "./commands.ts";
import { addDraw } from "./draw/command.ts";
import { addInspect } from "./inspect/command.ts";
import { addRepl } from "./repl/command.ts";
import { withMachineOptions } from "./machine-options.ts";
import { tour, type TourOptions } from "./tour.ts";
import { UsageError } from "./usage-error.ts";

/** Exit status for a command line that is wrong. */
const USAGE = 2;

/**
 * Does what the arguments say.
 *
 * @param args - without the program's name
 * @returns the exit status: 0, 1 when the kernel failed, 2 when the arguments are wrong
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0;
  const program = new Command("kernel")
    .description('Boot a kernel on a simulated x86_64 PC: the post "Heap Allocation" of Writing an OS in Rust.')
    .exitOverride();

  withMachineOptions(program.command("run", { isDefault: true }))
    .description("boot the kernel, or one of your own, and show its screen")
    .argument("[file]", "module that exports a kernel (default: the post's)")
    .option("--keep-running", "go on by the wall clock, with the timer's dots and the keyboard, until Control-C")
    .action(async (file: string | undefined, options: RunOptions) => {
      status = await run(file, options);
    });

  withMachineOptions(program.command("test"))
    .description("run the test kernels, each in a freshly booted machine")
    .argument("[names...]", "test kernels (default: all)")
    .action((names: string[], options: RunOptions) => {
      status = test(names, options);
    });

  program
    .command("tour")
    .description("walk through the post, chapter by chapter")
    .argument("[chapter]", "name or number (default: all)")
    .option("--list", "name the chapters")
    .option("--json", "print events for programs, one JSON object a line")
    .option("--step", "wait for a key before each step; q ends the tour")
    .addOption(new Option("--lang <language>", "language of the texts (default: the locale's)").choices(["en", "zh"]))
    .action(async (chapter: string | undefined, options: TourOptions) => {
      status = await tour(chapter, options);
    });

  addInspect(program, (code) => (status = code));
  addRepl(program, (code) => (status = code));
  addDraw(program, (code) => (status = code));

  try {
    await program.parseAsync(args, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof UsageError || error instanceof BootError || error instanceof MachineError) {
      console.error(`kernel: ${error.message}`);
      return USAGE;
    }
    throw error;
  }
}
