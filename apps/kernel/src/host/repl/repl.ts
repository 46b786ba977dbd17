/**
 * `kernel repl`: a booted machine, and a prompt inside its kernel.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { Recoverable, start } from "node:repl";
import { Worker } from "node:worker_threads";
import { supportsColor } from "chalk";
import { formatOptions } from "../../options.ts";
import type { RunOptions } from "../commands.ts";
import { terminalWidth } from "../terminal.ts";
import { ReplClient, type ClientOptions, type StartThread } from "./client.ts";
import { commandIn, COMMANDS } from "./commands.ts";
import { compileLine, Unfinished } from "./compile.ts";

const GREETING = `A kernel is running: its heap is mapped, and what you type runs inside it.
All packages are in scope (Box, Vec, PageTable, …; kmem.alloc.String where JavaScript has the name),
and this machine: cpu, mapper, frameAllocator, allocator, bootInfo, machine. Try

  const v = Vec.from(u32, [1, 2, 3])
  println("{:?} lies at {:p}", v, v.asSlice())
  cpu.memory.readU8(0xdeadbeef)
  .inspect heap

.help lists the commands; Control-C ends a line that does not end, Control-D the prompt.`;

/** The program of the machine's thread; it is built beside this file. */
const THREAD = new URL("./repl-thread.js", import.meta.url);

/** @returns the exit status */
export async function repl(options: RunOptions, startThread: StartThread = startBuilt): Promise<number> {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const client = await ReplClient.boot({
    memory: options.memory,
    commandLine: formatOptions(options),
    colors: isTerminal && supportsColor !== false && (process.env.NO_COLOR ?? "") === "",
    width: terminalWidth(),
    startThread,
    print: (text) => void process.stdout.write(text),
  } satisfies ClientOptions);
  try {
    if (isTerminal) await prompt(client);
    else await script(client);
  } finally {
    await client.close();
  }
  return 0;
}

function startBuilt(workerData: unknown): Worker {
  return new Worker(THREAD, { workerData });
}

/** Runs a line. @returns what is shown for it @throws {@link Unfinished} when more lines are needed */
async function runLine(client: ReplClient, text: string): Promise<string | undefined> {
  if (text.trim() === "") return undefined;
  let code: string;
  try {
    code = compileLine(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return `Uncaught ${String(error)}`;
  }
  return client.ask({ kind: "line", code });
}

async function runCommand(client: ReplClient, name: string, words: readonly string[]): Promise<string | undefined> {
  const command = COMMANDS[name];
  return command === undefined ? `there is no command .${name}; .help lists them` : command.run(client, words);
}

/** A prompt for people: history, completion, lines that go on. */
async function prompt(client: ReplClient): Promise<void> {
  console.log(`${GREETING}\n`);
  const show = (text: string | undefined): void => {
    if (text !== undefined) process.stdout.write(`${text}\n`);
  };
  const server = start({
    prompt: "kernel> ",
    ignoreUndefined: true,
    eval: (text, _context, _file, done) => {
      runLine(client, text).then(
        (shown) => {
          show(shown);
          done(null, undefined);
        },
        (error: unknown) => done(error instanceof Unfinished ? new Recoverable(error) : (error as Error), undefined),
      );
    },
    completer: (text: string, done: (error: null, result: [string[], string]) => void) => {
      if (client.isBusy) done(null, [[], text]);
      else void client.complete(text).then((result) => done(null, result));
    },
  });
  for (const [name, { help }] of Object.entries(COMMANDS))
    server.defineCommand(name, {
      help,
      action: (rest) => {
        void runCommand(
          client,
          name,
          rest.split(/\s+/).filter((word) => word !== ""),
        ).then((shown) => {
          show(shown);
          server.displayPrompt();
        });
      },
    });
  server.on("SIGINT", () => {
    if (client.isBusy) void client.interrupt();
  });
  const history = historyFile();
  mkdirSync(dirname(history), { recursive: true });
  server.setupHistory(history, () => undefined);
  await new Promise<void>((resolve) => server.on("exit", resolve));
}

/** Where the lines of earlier prompts are kept. @see https://specifications.freedesktop.org/basedir-spec */
function historyFile(): string {
  const { KMEM_REPL_HISTORY, XDG_STATE_HOME } = process.env;
  if (KMEM_REPL_HISTORY !== undefined && KMEM_REPL_HISTORY !== "") return KMEM_REPL_HISTORY;
  return join(XDG_STATE_HOME ?? join(homedir(), ".local/state"), "kmem", "repl-history");
}

/** Lines from a file or another program: no prompt, no history, one after the other. */
async function script(client: ReplClient): Promise<void> {
  let text = "";
  for await (const line of createInterface({ input: process.stdin })) {
    const command = text === "" ? commandIn(line) : undefined;
    if (command?.name === "exit") return;
    text += `${line}\n`;
    try {
      const shown = await (command === undefined
        ? runLine(client, text)
        : runCommand(client, command.name, command.words));
      if (shown !== undefined) console.log(shown);
    } catch (error) {
      if (error instanceof Unfinished) continue;
      throw error;
    }
    text = "";
  }
  if (text !== "") console.log("Uncaught SyntaxError: the last line is not finished");
}
