/**
 * The commands and their options.
 *
 * @module
 */
import { BootError } from "@kmem/bootloader";
import { DEFAULT_MEMORY, MachineError } from "@kmem/machine";
import { Command, CommanderError, Option } from "commander";
import { HEAP_SIZE, HEAP_START } from "../allocator.ts";
import { parseAddress, parseSize } from "./arguments.ts";
import { run, test, type RunOptions } from "./commands.ts";
import { tour, type TourOptions } from "./tour.ts";
import { UsageError } from "./usage-error.ts";

/** Exit status for a command line that is wrong. */
const USAGE = 2;

function withMachineOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--heap-start <address>", "first address of the heap")
        .argParser(parseAddress)
        .default(HEAP_START, `0x${HEAP_START.toString(16)}`),
    )
    .addOption(new Option("--heap-size <bytes>", "size of the heap").argParser(parseSize).default(HEAP_SIZE, "100KiB"))
    .addOption(
      new Option("--memory <bytes>", "RAM of the machine").argParser(parseSize).default(DEFAULT_MEMORY, "128MiB"),
    )
    .addOption(
      new Option("--allocator <name>", "the global allocator").choices(["linked-list", "dummy"]).default("linked-list"),
    )
    .option("--skip-mapping", "leave the heap's pages unmapped")
    .addOption(new Option("--log <what>", "tell every call to the allocator").choices(["allocations"]));
}

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
