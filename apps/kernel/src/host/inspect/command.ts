/**
 * `kernel inspect` on the command line.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from "commander";
import { withMachineOptions } from "../machine-options.ts";
import { inspect } from "./inspect.ts";
import { SECTION_NAMES, type InspectOptions } from "./sections.ts";

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 };

/** Adds the command. @param done - gets the exit status */
export function addInspect(program: Command, done: (status: number) => void): void {
  const command = withMachineOptions(program.command("inspect"))
    .description("look into a machine: one that is booted for it, or one that was saved")
    .argument(
      "[words...]",
      `module that exports a kernel (default: the post's); what to show: ${SECTION_NAMES.join(", ")}`,
    )
    .addOption(
      new Option("--at <time>", "let the kernel go on up to this time of the machine, such as 500ms").argParser(
        parseTime,
      ),
    )
    .option("--save <file>", "save the whole machine to a file")
    .addOption(new Option("--load <file>", "inspect a saved machine instead of booting one").conflicts("at"))
    .option("--json", "print one JSON object: addresses are numbers, sizes are bytes");
  command.action(async (words: string[], options: InspectOptions) => {
    const given = (name: string): boolean => command.getOptionValueSource(name) === "cli";
    const booting = command.options.filter((option) => MACHINE_OPTIONS.has(option.long ?? ""));
    const unused = options.load === undefined ? undefined : booting.find((option) => given(option.attributeName()));
    done(await inspect(words, options, unused?.long ?? undefined));
  });
}

/** What only a machine that is booted can be told. */
const MACHINE_OPTIONS: ReadonlySet<string> = new Set([
  "--heap-start",
  "--heap-size",
  "--memory",
  "--allocator",
  "--skip-mapping",
  "--log",
]);

/** A time in nanoseconds: `250us`, `500ms`, `2s`. */
function parseTime(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ns|us|µs|ms|s)$/.exec(text.trim());
  const time = found === null ? NaN : Math.round(Number(found[1]) * UNITS[found[2]!]!);
  if (!Number.isSafeInteger(time)) throw new InvalidArgumentError("expected a time such as 500ms or 2s");
  return time;
}
