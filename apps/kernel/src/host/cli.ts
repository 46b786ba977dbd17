/**
 * The command line: `pnpm kernel …`.
 *
 * @module
 */
import { BootError } from "@kmem/bootloader";
import { DEFAULT_MEMORY, MachineError } from "@kmem/machine";
import { Command, CommanderError, Option } from "commander";
import { HEAP_SIZE, HEAP_START } from "../allocator.ts";
import { parseAddress, parseSize } from "./arguments.ts";
import { run, test, UsageError, type RunOptions } from "./commands.ts";

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

const program = new Command("kernel")
  .description('Boot a kernel on a simulated x86_64 PC: the post "Heap Allocation" of Writing an OS in Rust.')
  .exitOverride();

withMachineOptions(program.command("run", { isDefault: true }))
  .description("boot the kernel and show its screen")
  .action((options: RunOptions) => {
    process.exitCode = run(options);
  });

withMachineOptions(program.command("test"))
  .description("run the test kernels, each in a freshly booted machine")
  .argument("[names...]", "test kernels (default: all)")
  .action((names: string[], options: RunOptions) => {
    process.exitCode = test(names, options);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else if (error instanceof UsageError || error instanceof BootError || error instanceof MachineError) {
    console.error(`kernel: ${error.message}`);
    process.exitCode = USAGE;
  } else throw error;
}
