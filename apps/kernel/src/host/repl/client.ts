/**
 * The prompt's side of the machine's thread: asks it, and ends it.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import { UsageError } from "../usage-error.ts";
import type { ReplAnswer, ReplRequest, ReplThreadData } from "./messages.ts";

/** How a thread is started; it is built beside the program. */
export type StartThread = (data: ReplThreadData) => Worker;

export interface ClientOptions extends Omit<ReplThreadData, "signal"> {
  readonly startThread: StartThread;
  /** Gets what is printed, as it comes. */
  readonly print: (text: string) => void;
}

/** Asks a machine one thing after the other; boots it again when it has stopped. */
export class ReplClient {
  private readonly options: ClientOptions;
  private worker!: Worker;
  private signal!: Int32Array;
  /** Settles the request that is being worked on; undefined while there is none. */
  private settle: ((answer: ReplAnswer) => void) | undefined;

  private constructor(options: ClientOptions) {
    this.options = options;
  }

  /** @throws {@link UsageError} when the machine cannot boot */
  static async boot(options: ClientOptions): Promise<ReplClient> {
    const client = new ReplClient(options);
    await client.reset();
    return client;
  }

  get isBusy(): boolean {
    return this.settle !== undefined;
  }

  /** Does what is asked. @returns what is shown for it */
  async ask(request: ReplRequest): Promise<string | undefined> {
    const answer = await this.request(request);
    if (answer.kind === "done") return answer.text;
    if (answer.kind !== "stopped") return undefined;
    await this.reset();
    return `${answer.why}; it was booted again`;
  }

  async complete(text: string): Promise<[string[], string]> {
    const answer = await this.request({ kind: "complete", text });
    return answer.kind === "completions" ? [[...answer.names], answer.of] : [[], text];
  }

  /** Ends a line that does not end by itself, and boots the machine again. */
  async interrupt(): Promise<void> {
    const { settle } = this;
    this.settle = undefined;
    await this.worker.terminate();
    await this.reset();
    settle?.({ kind: "done", text: "interrupted; the machine was booted again" });
  }

  /** Boots a new machine. */
  async reset(): Promise<void> {
    await this.close();
    const { startThread, print, ...data } = this.options;
    const signal = new SharedArrayBuffer(4);
    this.signal = new Int32Array(signal);
    const worker = startThread({ ...data, signal });
    this.worker = worker;
    const first = new Promise<ReplAnswer>((resolve) => (this.settle = resolve));
    worker.on("message", (answer: ReplAnswer) => {
      if (answer.kind === "printed") print(answer.text);
      else this.settled(answer);
    });
    worker.on("error", (error: Error) => this.settled({ kind: "refused", why: error.stack ?? error.message }));
    const answer = await first;
    if (answer.kind === "refused") throw new UsageError(answer.why);
  }

  async close(): Promise<void> {
    await (this.worker as Worker | undefined)?.terminate();
  }

  private settled(answer: ReplAnswer): void {
    const { settle } = this;
    this.settle = undefined;
    settle?.(answer);
  }

  private request(request: ReplRequest): Promise<ReplAnswer> {
    return new Promise((resolve) => {
      this.settle = resolve;
      this.worker.postMessage(request);
      Atomics.add(this.signal, 0, 1);
      Atomics.notify(this.signal, 0);
    });
  }
}
