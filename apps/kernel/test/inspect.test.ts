/** `kernel inspect`: what it shows, what it saves and loads, and what it refuses. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Chalk } from "chalk";
import { afterAll, describe, expect, it, vi } from "vitest";
import { HEAP_START } from "../src/allocator.ts";
import { SECTION_NAMES, type Inspection } from "../src/host/inspect/sections.ts";
import { terminalColors } from "../src/host/terminal.ts";
import { commandLine } from "./host.ts";

const folder = mkdtempSync(join(tmpdir(), "kmem-inspect-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

async function json(words: string): Promise<Inspection> {
  const { status, out } = await commandLine(`inspect --json ${words}`);
  expect(status).toBe(0);
  return JSON.parse(out) as Inspection;
}

describe("kernel inspect", () => {
  it("boots the post's kernel, and shows registers, page tables, heap, frames and TLB", async () => {
    const { status, out, err } = await commandLine("inspect");
    expect([status, err]).toEqual([0, ""]);
    const titles = out.split("\n").filter((line, i, all) => i > 0 && all[i - 1] === "" && line !== "");
    expect(titles).toEqual([
      "registers",
      "page tables",
      "heap",
      "frames of 4 KiB",
      expect.stringMatching(/^TLB: \d+ tran/),
    ]);
    expect(out).toContain("machine with 128 MiB, halted: idle");
    expect(out).toContain('rip    0x200000           in the function "kernel"');
    expect(out).toContain("[64] 0x444444440000 → page at 0x21000  PRESENT | WRITABLE | ACCESSED | DIRTY");
    expect(out).toContain("0x444444440048 ░ hole    1976 B");
    expect(out).toContain("2 holes, the largest 98304 B; 2.0% of the free bytes lie outside of it");
    expect(out).toContain("check: no faults");
    expect(out).toMatch(/0x21000 +0x9f000 +Usable +126 +3 +25 +98\n/);
    expect(out).toMatch(/0x444444440000 +→ 0x21000 +WX-D- +1 page\n/);
  });

  it("shows what it is asked for, flat as QEMU prints it too", async () => {
    const { out } = await commandLine("inspect info-mem info-tlb");
    expect(out).toContain("info mem\n");
    expect(out).toContain("0000444444440000-0000444444459000 0000000000019000 -rw");
    expect(out).toContain("0000444444440000: 0000000000021000 ---DA---W");
    expect(out).not.toContain("registers");
  });

  it("gives the same as one JSON object", async () => {
    const found = await json("heap frames registers");
    expect(Object.keys(found)).toEqual(["machine", "registers", "heap", "frames"]);
    expect(found.machine).toMatchObject({ state: "halted: idle", memory: 128 * 2 ** 20 });
    expect(found.registers).toContainEqual({ name: "cr3", value: 0x1000, meaning: "level 4 table" });
    expect(found.heap).toMatchObject([
      { locked: false, faults: [], map: { start: HEAP_START, used: 2120 }, stats: { holes: 2, largestHole: 98304 } },
    ]);
    const usable = (
      found.frames as readonly { type: string; frames: number; tables: number; mapped: number; free: number }[]
    )
      .filter(({ type }) => type === "Usable")
      .every(({ frames, tables, mapped, free }) => frames === tables + mapped + free);
    expect(usable).toBe(true);
  });

  it("follows the options of the machine", async () => {
    const found = await json("heap --heap-start 0x5555_5555_0000 --heap-size 64KiB --memory 16MiB");
    expect(found.heap).toMatchObject([{ map: { start: 0x5555_5555_0000, size: 65536 } }]);
    expect(found.machine.memory).toBe(16 * 2 ** 20);
  });

  it("lets the kernel go on to the time that is asked for", async () => {
    const found = await json("registers --at 1.5s");
    expect(found.machine).toMatchObject({ state: "halted: time-limit" });
    // The timer has ticked 18 times a second, the last time before the limit.
    expect(found.machine.nanoseconds).toBeGreaterThan(1.4e9);
    expect(found.machine.nanoseconds).toBeLessThanOrEqual(1.5e9);
  });

  it("inspects a kernel of the user's own", async () => {
    const { status, out } = await commandLine(`inspect heap ${join(import.meta.dirname, "../template/my-kernel.ts")}`);
    expect(status).toBe(0);
    expect(out).toContain("control block at 0x");
  });

  it("saves the machine, and shows the same of it when it is loaded", async () => {
    const file = path("machine.kmem");
    const saved = await commandLine(`inspect ${SECTION_NAMES.join(" ")} --save ${file}`);
    expect(saved.status).toBe(0);
    const loaded = await commandLine(`inspect ${SECTION_NAMES.join(" ")} --load ${file}`);
    expect(loaded).toEqual(saved);
    const again = path("again.kmem");
    await commandLine(`inspect heap --load ${file} --save ${again}`);
    expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
  });
});

describe("terminalColors", () => {
  it("has none when NO_COLOR is set", () => {
    vi.stubEnv("NO_COLOR", "1");
    expect(terminalColors().red("x")).toBe("x");
    vi.stubEnv("NO_COLOR", "");
    expect(terminalColors().level).toBe(new Chalk().level);
    vi.unstubAllEnvs();
  });
});

describe("kernel inspect on a wrong command line", () => {
  writeFileSync(path("foreign.kmem"), "no machine");
  writeFileSync(path("empty.kmem"), "");

  it.each([
    ["stack", 'there is no "stack" to inspect; there are registers, pages'],
    ["heap no-such.ts", 'there is no file "no-such.ts"'],
    ["a.ts b.ts", 'expected one kernel, got "a.ts" and "b.ts"'],
    ["--load", "argument missing"],
    [`--load ${path("none.kmem")}`, "there is no such file or folder"],
    [`--load ${folder}`, "expected a file, got a folder"],
    [`--load ${path("foreign.kmem")}`, "expected the state of a machine, got another kind of file"],
    [`--load ${path("empty.kmem")}`, "expected the state of a machine"],
    [`--load ${path("foreign.kmem")} --heap-size 4096`, '"--heap-size" has no meaning with --load'],
    [`--load ${path("foreign.kmem")} my.ts`, '"my.ts" has no meaning with --load'],
    [`--load ${path("foreign.kmem")} --at 1s`, "cannot be used with option"],
    [`--save ${path("none/machine.kmem")}`, "there is no such file or folder"],
    ["--at soon", "expected a time such as 500ms"],
    ["--at -1s", "expected a time"],
    ["--memory 4MiB", "expected at least 8 MiB"],
    ["--heap-size 256MiB", "is larger than the memory"],
    ["--xml", "unknown option '--xml'"],
  ])("refuses %s in one line", async (words, reason) => {
    const { status, out, err } = await commandLine(`inspect ${words}`);
    expect(status).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(reason);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it("refuses a saved machine that is cut off or damaged", async () => {
    const file = path("small.kmem");
    await commandLine(`inspect heap --memory 8MiB --save ${file}`);
    const whole = readFileSync(file);
    writeFileSync(file, whole.subarray(0, whole.length - 1));
    expect((await commandLine(`inspect --load ${file}`)).err).toMatch(/small\.kmem: expected \d+ bytes, got \d+\n/);
    whole[1000]! ^= 4;
    writeFileSync(file, whole);
    expect((await commandLine(`inspect --load ${file}`)).err).toContain(
      "small.kmem: the file is damaged: the checksum",
    );
  });

  it("explains itself", async () => {
    const { status, out } = await commandLine("inspect --help");
    expect(status).toBe(0);
    for (const word of [...SECTION_NAMES, "--save <file>", "--load <file>", "--json", "--at <time>"])
      expect(out).toContain(word);
  });
});
