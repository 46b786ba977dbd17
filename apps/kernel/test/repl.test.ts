/** `kernel repl`: lines are piped into the program, as a user would from a file. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileLine, Unfinished } from "../src/host/repl/compile.ts";
import { completionsOf } from "../src/host/repl/completions.ts";

const app = join(import.meta.dirname, "..");

/** What the prompt answers to lines. */
function repl(...lines: string[]): Promise<{ status: number | null; out: string; err: string }> {
  const args = ["--conditions=@kmem/source", "--import", "tsx", "test/repl-from-sources.ts"];
  return new Promise((resolve) => {
    const child = spawn("node", args, { cwd: app });
    let out = "";
    let err = "";
    child.stdout.on("data", (data: Buffer) => (out += data.toString()));
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    child.on("close", (status) => resolve({ status, out, err }));
    child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  });
}

describe("kernel repl", () => {
  it("shows what lines are worth, and remembers what they declare", async () => {
    const answer = await repl("1 + 1", "const n: number = 20;", "_ + n", "{ a: 1 }", "undefined");
    expect(answer).toEqual({ status: 0, out: "2\n22\n{ a: 1 }\n", err: "" });
  });

  it("has the packages, the kernel and the machine in scope", async () => {
    const { out } = await repl(
      "const v = Vec.from(u32, [1, 2, 3])",
      'println("{:?} lies at {:p}", v, v.asSlice())',
      "cpu.memory.readU32(v.asPtr() + 8)",
      "HEAP_START === 0x4444_4444_0000 && machine.ram.byteLength",
      "mapper.translateAddr(VirtAddr.new(HEAP_START)) !== undefined",
      'String(kmem.alloc.String.from("é").length)',
    );
    expect(out).toBe("[1, 2, 3] lies at 0x444444440000\n3\n134217728\ntrue\n'2'\n");
  });

  it("prints a page fault as the kernel does, and goes on with the same machine", async () => {
    const { out } = await repl(
      "const b = Box.new(u32, 7)",
      "const rsp = cpu.registers.rsp",
      "cpu.memory.readU8(0xdead_beef)",
      "cpu.memory.writeU8(0xffff_9000_0000_0000, 1)",
      "[b.value, cpu.registers.rsp === rsp, (cpu.registers.rflags & RFlags.INTERRUPT_FLAG) !== 0]",
    );
    expect(out).toContain("EXCEPTION: PAGE FAULT\nAccessed Address: VirtAddr(0xdeadbeef)\n");
    expect(out).toContain("Error Code: PageFaultErrorCode(0x0)\nInterruptStackFrame {\n");
    expect(out.endsWith("[ 7, true, true ]\n"), out).toBe(true);
  });

  it("survives thousands of faults", async () => {
    const line = "for (let i = 0; i < 20; i++) try { cpu.memory.readU8(0xdead_0000 + i) } catch {}";
    const { out } = await repl(...Array.from({ length: 50 }, () => line), "cpu.registers.rsp % 16");
    expect(out.match(/EXCEPTION: PAGE FAULT/g)).toHaveLength(1000);
    expect(out.endsWith("}\n0\n"), out.slice(-200)).toBe(true);
  });

  it("prints panics and errors, and goes on", async () => {
    const { out } = await repl(
      "Vec.from(u32, [1]).index(5)",
      'Box.new(i32, "no")',
      "nothing",
      ")(",
      "await 1",
      '"still here"',
    );
    const lines = out.split("\n");
    expect(lines[0]).toBe("panicked at 'index out of bounds: the len is 1 but the index is 5', prompt:1:20");
    expect(out).toContain('Uncaught ReprError: expected i32 (−2^31 … 2^31 − 1), got "no"\n');
    expect(out).toContain("Uncaught ReferenceError: nothing is not defined\n    at prompt:1:1\n");
    expect(out).toContain('Uncaught SyntaxError: Unexpected ")"\n');
    expect(out).toContain("Uncaught SyntaxError: await is only valid in async functions");
    expect(out).not.toContain("thread.");
    expect(lines.slice(-2)).toEqual(["'still here'", ""]);
  });

  it("waits for the end of what goes over several lines", async () => {
    const { out } = await repl(
      "for (let i = 0; i < 2; i++) {",
      '  println("{i}", named({ i }))',
      "}",
      "`a",
      "b`",
      "f(",
    );
    expect(out).toBe("0\n1\n'a\\nb'\nUncaught SyntaxError: the last line is not finished\n");
  });

  it("boots the machine again when it has stopped, and on .reset", async () => {
    const { out } = await repl("hltLoop()", 'println("again")', "exitQemu(0x10)", "const x = 1", ".reset", "typeof x");
    expect(out.split("\n")).toEqual([
      "the machine has halted; it was booted again",
      "again",
      "the machine has exited with 33; it was booted again",
      "the machine was booted again",
      "'undefined'",
      "",
    ]);
  });

  it("looks into the machine", async () => {
    const { out } = await repl(
      "const b = Box.new(u64, 1n); { using dropped = Box.new(u64, 2n) }",
      ".inspect heap",
      ".screen",
      ".inspect soup",
      ".bogus",
    );
    expect(out).toContain("control block at 0x");
    expect(out).toMatch(/0x444444440000 █ +16 B/);
    expect(out).toContain('there is no "soup" to inspect; there are registers, pages,');
    expect(out).toContain("there is no command .bogus; .help lists them");
  });
});

describe("compileLine", () => {
  it.each(["f(", "if (x) {", "`a", "/* a", "const x ="])("asks for more after %s", (text) => {
    expect(() => compileLine(text)).toThrow(Unfinished);
  });
  it.each([")(", "let let", "1 +* 2"])("refuses %s", (text) => {
    expect(() => compileLine(text)).toThrow(SyntaxError);
  });
  it("leaves types out", () => {
    expect(compileLine("const n: number = f<string>(1)").trim()).toBe("const n = f(1);");
  });
});

describe("completionsOf", () => {
  it("names what a path leads to, without calling anything", () => {
    const scope = { apple: 1, apricot: { seed: true } };
    Object.assign(globalThis, { orchard: scope });
    Object.defineProperty(scope, "lure", { get: () => expect.fail("called") });
    expect(completionsOf("1 + orchard.ap")).toEqual({ names: ["orchard.apple", "orchard.apricot"], of: "orchard.ap" });
    expect(completionsOf("orchard.apricot.").names).toContain("orchard.apricot.seed");
    expect(completionsOf("orchard.lure.").names).toEqual([]);
    expect(completionsOf("orch")).toEqual({ names: ["orchard"], of: "orch" });
    expect(completionsOf("f().x")).toEqual({ names: [], of: "" });
  });
});
