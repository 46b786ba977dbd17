/**
 * What a kernel can be told at boot: words `name=value` on its command line.
 *
 * The post's kernel has constants in their place; the defaults are those.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";
import { HEAP_SIZE, HEAP_START, type HeapPlace } from "./allocator.ts";

export interface Options extends HeapPlace {
  readonly allocator: "linked-list" | "dummy";
  /** What is told over the serial port. */
  readonly log: "nothing" | "allocations";
  /** Where `println` prints: with `serial` to the screen and, as it comes, over the serial port. */
  readonly console: "screen" | "serial";
}

/** A word on the command line that the kernel does not understand. */
export class CommandLineError extends KmemError {
  readonly code = "kernel/command-line";
  readonly word: string;
  constructor(word: string) {
    super(`the kernel does not understand "${word}" on its command line`);
    this.name = "CommandLineError";
    this.word = word;
  }
}

/** @throws {@link CommandLineError} for a word that is not known or a value that is not possible */
export function parseOptions(commandLine: string): Options {
  let options: Options = {
    heapStart: HEAP_START,
    heapSize: HEAP_SIZE,
    allocator: "linked-list",
    skipMapping: false,
    log: "nothing",
    console: "screen",
  };
  for (const word of commandLine.split(" ")) if (word !== "") options = { ...options, ...parseWord(word) };
  return options;
}

/** The inverse: only what differs from the defaults is said. */
export function formatOptions(options: Partial<Options>): string {
  const words: string[] = [];
  if (options.heapStart !== undefined) words.push(`heap-start=${options.heapStart}`);
  if (options.heapSize !== undefined) words.push(`heap-size=${options.heapSize}`);
  if (options.allocator !== undefined) words.push(`allocator=${options.allocator}`);
  if (options.skipMapping === true) words.push("skip-mapping");
  if (options.log !== undefined) words.push(`log=${options.log}`);
  if (options.console !== undefined) words.push(`console=${options.console}`);
  return words.join(" ");
}

function parseWord(word: string): Partial<Options> {
  const [name, value = ""] = word.split("=", 2);
  const number = value === "" ? NaN : Number(value);
  if (name === "heap-start" && Number.isSafeInteger(number)) return { heapStart: number };
  if (name === "heap-size" && Number.isSafeInteger(number) && number > 0) return { heapSize: number };
  if (name === "allocator" && (value === "linked-list" || value === "dummy")) return { allocator: value };
  if (name === "log" && (value === "nothing" || value === "allocations")) return { log: value };
  if (name === "console" && (value === "screen" || value === "serial")) return { console: value };
  if (word === "skip-mapping") return { skipMapping: true };
  throw new CommandLineError(word);
}
