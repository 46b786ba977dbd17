/**
 * Words at the prompt that are no JavaScript: `.screen`, `.inspect heap`.
 *
 * @module
 */
import { DEFAULT_SECTIONS, SECTION_NAMES, type SectionName } from "../inspect/sections.ts";
import type { ReplClient } from "./client.ts";

export interface PromptCommand {
  readonly help: string;
  /** @returns what is shown for it */
  run(client: ReplClient, words: readonly string[]): Promise<string | undefined>;
}

export const COMMANDS: Readonly<Record<string, PromptCommand>> = {
  screen: {
    help: "Show the machine's screen",
    run: (client) => client.ask({ kind: "screen" }),
  },
  inspect: {
    help: `Look into the machine: ${SECTION_NAMES.join(", ")}`,
    async run(client, words) {
      const unknown = words.find((word) => !(SECTION_NAMES as readonly string[]).includes(word));
      if (unknown !== undefined) return `there is no "${unknown}" to inspect; there are ${SECTION_NAMES.join(", ")}`;
      const sections = words.length === 0 ? DEFAULT_SECTIONS : (words as readonly SectionName[]);
      return client.ask({ kind: "inspect", sections });
    },
  },
  reset: {
    help: "Boot the machine again",
    async run(client) {
      await client.reset();
      return "the machine was booted again";
    },
  },
};

/** Finds a command in a line. @returns undefined when the line is none */
export function commandIn(line: string): { name: string; words: string[] } | undefined {
  const found = /^\s*\.([a-z]+)(?:\s+(.*?))?\s*$/.exec(line);
  if (found === null) return undefined;
  const [, name = "", rest = ""] = found;
  return { name, words: rest.split(/\s+/).filter((word) => word !== "") };
}
