/**
 * The thread that the prompt's machine runs in.
 *
 * The kernel's main function boots as far as the heap, and then does what the prompt says, line by line: each line runs
 * inside the kernel. In between the thread sleeps. It has a thread to itself so that a line that does not end can be
 * ended from outside.
 *
 * @module
 */
import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { runInThisContext } from "node:vm";
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { BootError } from "@kmem/bootloader";
import { MachineError, MachineStopped } from "@kmem/machine";
import { Panic } from "@kmem/memory";
import { Chalk } from "chalk";
import { IDT, reportGeneralProtectionFault, reportPageFault } from "../../interrupts.ts";
import { PanicInfo } from "../../runtime.ts";
import { boot, type Kernel } from "../../tour/boot.ts";
import { parseOptions } from "../../options.ts";
import { println } from "../../vga-buffer.ts";
import { look } from "../inspect/look.ts";
import { inspectionText } from "../inspect/text.ts";
import { verdict } from "../run.ts";
import { screenText } from "../screen.ts";
import { completionsOf } from "./completions.ts";
import type { ReplAnswer, ReplRequest, ReplThreadData } from "./messages.ts";
import { scopeOf } from "./scope.ts";

const port = parentPort!;
const data = workerData as ReplThreadData;
const signal = new Int32Array(data.signal);
const tell = (answer: ReplAnswer): void => port.postMessage(answer);

/** What unwinds a line whose access the CPU has refused. The kernel has said on its screen what it was. */
class Refused extends Error {}

function nextRequest(): ReplRequest {
  for (;;) {
    const seen = Atomics.load(signal, 0);
    const received = receiveMessageOnPort(port) as { message: ReplRequest } | undefined;
    if (received !== undefined) return received.message;
    Atomics.wait(signal, 0, seen);
  }
}

const PIC_1_DATA = 0x21;
const TIMER_LINE = 1;

/** Instead of the kernel's own handlers, which stop for good. */
function installHandlers({ hardware }: Kernel): void {
  // The timer's dots would stand between the lines.
  hardware.ports.writeU8(PIC_1_DATA, hardware.ports.readU8(PIC_1_DATA) | TIMER_LINE);
  const idt = IDT();
  idt.pageFault.setHandlerFn(hardware, (frame, code) => {
    reportPageFault(frame, code);
    throw new Refused();
  });
  idt.generalProtectionFault.setHandlerFn(hardware, (frame, code) => {
    reportGeneralProtectionFault(frame, code);
    throw new Refused();
  });
}

/** What a line is called in a stack trace. */
const PROMPT = "prompt";

/** An error with its stack as far as the line; what lies outside of that is this program, and Node. */
function errorText(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error, { colors: data.colors });
  const lines = error.stack?.split("\n") ?? [];
  const last = lines.map((line) => /\bprompt:\d+:\d+/.test(line)).lastIndexOf(true);
  if (last < 0) return String(error);
  error.stack = lines.slice(0, last + 1).join("\n");
  return inspect(error, { colors: data.colors });
}

/** Runs a line inside the kernel. @returns what is shown of its value */
function runLine(kernel: Kernel, code: string): string | undefined {
  const { registers, state } = kernel.machine.cpu;
  const { rsp, rflags } = registers;
  const { rip } = state;
  try {
    const value: unknown = runInThisContext(code, { filename: PROMPT, displayErrors: false });
    if (value === undefined) return undefined;
    (globalThis as { _?: unknown })._ = value;
    return inspect(value, { colors: data.colors, breakLength: data.width });
  } catch (error) {
    if (error instanceof MachineStopped) throw error;
    // The handler did not return, so nothing has popped its frame.
    registers.rsp = rsp;
    state.rip = rip;
    registers.rflags = rflags;
    if (error instanceof Refused) return undefined;
    if (error instanceof Panic) {
      println("{}", new PanicInfo(error).toString());
      return undefined;
    }
    return `Uncaught ${errorText(error)}`;
  }
}

function answer(kernel: Kernel, request: ReplRequest): ReplAnswer {
  switch (request.kind) {
    case "line":
      return { kind: "done", text: runLine(kernel, request.code) };
    case "complete":
      return { kind: "completions", ...completionsOf(request.text) };
    case "screen":
      return { kind: "done", text: screenText(kernel.machine.screen.snapshot()) };
    case "inspect": {
      const style = { width: data.width, chalk: new Chalk({ level: data.colors ? 1 : 0 }) };
      const found = look(kernel.machine, new Set(request.sections));
      return { kind: "done", text: inspectionText(found, style, Infinity) };
    }
  }
}

function main(): void {
  const printed = new Writable({
    write(chunk: Buffer, _encoding, done) {
      tell({ kind: "printed", text: chunk.toString() });
      done();
    },
  });
  globalThis.console = new Console({ stdout: printed, colorMode: data.colors });
  const decoder = new TextDecoder();
  try {
    const { result } = boot(
      (kernel) => {
        installHandlers(kernel);
        Object.assign(globalThis, scopeOf(kernel));
        tell({ kind: "ready" });
        for (;;) tell(answer(kernel, nextRequest()));
      },
      {
        ...parseOptions(data.commandLine),
        console: "serial",
        memory: data.memory,
        onSerial: (bytes) => tell({ kind: "printed", text: decoder.decode(bytes, { stream: true }) }),
      },
    );
    const { message } = verdict(result);
    const how = result.kind === "exited" ? `exited with ${result.status}` : result.kind;
    tell({ kind: "stopped", why: message ?? `the machine has ${how}` });
  } catch (error) {
    if (!(error instanceof BootError || error instanceof MachineError)) throw error;
    tell({ kind: "refused", why: error.message });
  }
}

// A panic names its place in the TypeScript source.
process.setSourceMapsEnabled(true);
main();
