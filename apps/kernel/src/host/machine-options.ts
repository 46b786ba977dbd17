/**
 * The options of every command that boots a machine.
 *
 * @module
 */
import { DEFAULT_MEMORY } from "@kmem/machine";
import { Option, type Command } from "commander";
import { HEAP_SIZE, HEAP_START } from "../allocator.ts";
import { parseAddress, parseSize } from "./arguments.ts";

/** Adds them to a command. */
export function withMachineOptions(command: Command): Command {
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
