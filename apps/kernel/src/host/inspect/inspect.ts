/**
 * `kernel inspect`: page tables, heap, frames, TLB and registers of a machine.
 *
 * @module
 */
import { terminalColors, terminalWidth } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { look } from "./look.ts";
import { DEFAULT_SECTIONS, SECTION_NAMES, type InspectOptions, type SectionName } from "./sections.ts";
import { bootedMachine, loadedMachine, saveMachine } from "./subject.ts";
import { inspectionText } from "./text.ts";

/**
 * @param words - a kernel's file, and names of sections
 * @param unused - an option that was given and has no meaning for a machine that is loaded
 * @returns the exit status
 * @throws {@link UsageError} when the words or files are wrong
 */
export async function inspect(words: readonly string[], options: InspectOptions, unused?: string): Promise<number> {
  const { names, file } = wordsOf(words);
  const { load, save, memory, heapSize = 0 } = options;
  if (heapSize > memory)
    throw new UsageError(`a heap of ${heapSize} bytes is larger than the memory of ${memory} bytes`);
  const surplus = unused ?? file;
  if (load !== undefined && surplus !== undefined)
    throw new UsageError(`a saved machine is as it is: "${surplus}" has no meaning with --load`);
  const machine = load === undefined ? await bootedMachine(file, options) : loadedMachine(load);
  if (save !== undefined) saveMachine(machine, save);
  const found = look(machine, names);
  if (options.json === true) console.log(JSON.stringify(found));
  else {
    const width = terminalWidth();
    console.log(inspectionText(found, { width, chalk: terminalColors() }, process.stdout.isTTY ? width : Infinity));
  }
  return 0;
}

/** Tells the names of sections from a kernel's file. */
function wordsOf(words: readonly string[]): { names: ReadonlySet<SectionName>; file: string | undefined } {
  const isName = (word: string): word is SectionName => (SECTION_NAMES as readonly string[]).includes(word);
  const [file, second] = words.filter((word) => !isName(word));
  if (file !== undefined && !/[./\\]/.test(file))
    throw new UsageError(`there is no "${file}" to inspect; there are ${SECTION_NAMES.join(", ")}`);
  if (second !== undefined) throw new UsageError(`expected one kernel, got "${file}" and "${second}"`);
  const names = words.filter(isName);
  return { names: new Set(names.length === 0 ? DEFAULT_SECTIONS : names), file };
}
