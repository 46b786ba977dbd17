/**
 * `kernel repl` on the command line.
 *
 * @module
 */
import type { Command } from "commander";
import type { RunOptions } from "../commands.ts";
import { withMachineOptions } from "../machine-options.ts";

/** Adds the command. @param done - gets the exit status */
export function addRepl(program: Command, done: (status: number) => void): void {
  withMachineOptions(program.command("repl"))
    .description("boot the machine and type at it: what you enter runs inside the kernel")
    .action(async (options: RunOptions) => {
      // The compiler of lines is loaded only for them.
      const { repl } = await import("./repl.ts");
      done(await repl(options));
    });
}
