/** `kernel run --keep-running`: time follows the wall clock, keys come in, and Control-C or a signal ends it. */
import { PassThrough } from "node:stream";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { keepRunning, type KeepRunningOptions } from "../src/host/keep-running.ts";
import { KeyRing } from "../src/host/key-ring.ts";
import { screenText } from "../src/host/screen.ts";

/** Runs the thread from its source. */
const startThread: KeepRunningOptions["startThread"] = (workerData) =>
  new Worker(new URL("./machine-thread.mjs", import.meta.url), {
    workerData,
    execArgv: ["--conditions=@kmem/source"],
  });

function started(more: Partial<KeepRunningOptions> = {}) {
  const input = new PassThrough();
  const output = new PassThrough().setEncoding("utf8");
  let text = "";
  output.on("data", (piece: string) => (text += piece));
  const ended = keepRunning({
    memory: 0x800_0000,
    commandLine: "",
    startThread,
    show: screenText,
    input,
    output,
    ...more,
  });
  return { input, ended, text: () => text };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe("keepRunning", () => {
  it("shows the timer's dots and what is typed, and ends with Control-C", async () => {
    const screens: string[] = [];
    // A terminal as far as it is asked: the screen is then drawn as it changes.
    const output = Object.assign(new PassThrough(), { isTTY: true });
    output.setEncoding("utf8").on("data", (piece: string) => screens.push(piece));
    const raw: boolean[] = [];
    const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
    const { ended } = started({ input, output });
    await until(() => screens.some((screen) => screen.includes("It did not crash!")));
    await until(() => screens.some((screen) => screen.includes("...")));
    input.write("Hi\u00e9!");
    await until(() => screens.some((screen) => /H\.*i\.*!/.test(screen)));
    input.write("\x03");
    expect(await ended).toBe(0);
    expect(raw).toEqual([true, false]);
  });

  it("prints the screen at the end when there is no terminal", async () => {
    const { input, ended, text } = started({ commandLine: "log=allocations" });
    input.write("a");
    // The log comes at once; the screen only at the end.
    await until(() => text().includes("alloc 40 8"));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const log = text();
    expect(log).not.toContain("Hello World!");
    process.emit("SIGTERM");
    expect(await ended).toBe(0);
    expect(text().slice(log.length)).toMatch(/^Hello World!\n(.*\n)*It did not crash!\n[a.]*\.[a.]*\n$/);
  });

  it("ends by itself when the kernel panics", async () => {
    const { ended, text } = started({ commandLine: "allocator=dummy" });
    expect(await ended).toBe(1);
    expect(text()).toContain("allocation error");
  });

  it("refuses a machine that cannot boot", async () => {
    await expect(started({ memory: 0x40_0000 }).ended).rejects.toThrow("expected at least 8 MiB");
  });
});

describe("KeyRing", () => {
  it("gives each code once, in order", () => {
    const ring = new KeyRing();
    const other = new KeyRing(ring.buffer);
    ring.write([1, 2]);
    ring.write([3]);
    expect(other.read()).toEqual([1, 2, 3]);
    expect(other.read()).toEqual([]);
  });

  it("loses what does not fit, and goes on", () => {
    const ring = new KeyRing();
    const many = Array.from({ length: 200 }, (_, i) => i);
    ring.write(many);
    ring.write(many);
    expect(ring.read()).toEqual(many);
    ring.write(many);
    expect(ring.read()).toEqual(many);
  });

  it("does not sleep when something came before", () => {
    const ring = new KeyRing();
    const { signal } = ring;
    ring.stop();
    ring.wait(signal, Infinity);
    expect(ring.isStopped).toBe(true);
  });
});
