/** Every call to the allocator, held to the recording of the post's programs in Rust. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernel } from "../src/main.ts";
import { testKernels } from "../src/tests/index.ts";
import { booted } from "./host.ts";

type Op = readonly [string, ...unknown[]];
const RECORDING = new URL("../../../packages/linked-list-allocator/test/vectors/post-showcase.json", import.meta.url);

interface Program {
  readonly name: string;
  readonly ops: readonly Op[];
}

const { programs } = JSON.parse(readFileSync(RECORDING, "utf8")) as {
  programs: Program[];
};

/** A program's calls as the kernel logs them; `teardown` is what the kernel never comes to. */
function recorded(name: string): string[] {
  const program = programs.find((each) => each.name === name);
  if (program === undefined) throw new Error(`the recording has no program ${name}`);
  const lines: string[] = [];
  const blocks = new Map<unknown, { at: number; size: number; align: number }>();
  const hex = (at: number): string => `0x${at.toString(16)}`;
  let isTeardown = false;
  const play = (ops: readonly Op[]): void => {
    for (const [kind, ...rest] of ops) {
      if (isTeardown) return;
      if (kind === "phase" && rest[0] === "teardown") isTeardown = true;
      else if (kind === "a") {
        const [id, size, align, at] = rest as number[];
        blocks.set(id, { at: at!, size: size!, align: align! });
        lines.push(`alloc ${size} ${align} → ${hex(at!)}`);
      } else if (kind === "r") {
        const [id, size, at] = rest as number[];
        const old = blocks.get(id)!;
        lines.push(`realloc ${hex(old.at)} ${old.size} ${old.align} ${size} → ${hex(at!)}`);
        blocks.set(id, { at: at!, size: size!, align: old.align });
      } else if (kind === "d") {
        const old = blocks.get(rest[0])!;
        lines.push(`dealloc ${hex(old.at)} ${old.size} ${old.align}`);
      } else if (kind === "repeat") {
        for (let i = 0; i < (rest[0] as number); i++) play(rest[1] as Op[]);
      }
    }
  };
  play(program.ops);
  return lines;
}

/** The log's lines, test by test; what a kernel does before its first test is under "". */
function logged(serial: string): Map<string, string[]> {
  const byTest = new Map<string, string[]>();
  let calls: string[] = [];
  byTest.set("", calls);
  for (const line of serial.split("\n")) {
    const [, test, rest] = /^(\w+)\.\.\. (.*)$/.exec(line) ?? [];
    if (test !== undefined) byTest.set(test, (calls = []));
    const call = rest ?? line;
    if (/^(alloc|dealloc|realloc)/.test(call)) calls.push(call);
  }
  return byTest;
}

describe("the allocator's log", () => {
  it("equals the recording of kernel_main, call for call", () => {
    const { serial } = booted(kernel, "log=allocations");
    const expected = recorded("kernel_main");
    expect(expected.length).toBeGreaterThan(10);
    expect(logged(serial).get("")).toEqual(expected);
  });

  const heapAllocation = logged(booted(testKernels.heap_allocation!, "log=allocations").serial);
  it.each(["simple_allocation", "large_vec", "many_boxes"])("equals the recording of %s", (name) => {
    const expected = recorded(name);
    expect(expected.length).toBeGreaterThan(2);
    expect(heapAllocation.get(name)).toEqual(expected);
  });

  it("equals the recording of the tests as one program", () => {
    expect([...heapAllocation.values()].flat()).toEqual(recorded("heap_allocation_suite"));
  });

  const manyBoxes = logged(booted(testKernels.many_boxes!, "log=allocations").serial);
  it.each(["many_boxes_10000", "many_boxes", "many_boxes_long_lived"])("equals the recording of %s", (name) => {
    const expected = recorded(name);
    expect(expected.length).toBeGreaterThan(10_000);
    expect(manyBoxes.get(name)).toEqual(expected);
  });
});
