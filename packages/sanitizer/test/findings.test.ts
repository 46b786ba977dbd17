import { Layout } from "@kmem/global-alloc";
import { describe, expect, it } from "vitest";
import { Sanitizer, SanitizerError, type Finding, type SanitizerOptions } from "../src/index.ts";
import { FirstFit } from "./first-fit.ts";

const SIXTEEN = Layout.fromSizeAlign(16, 8);

// The functions that the stacks must name.
function takeBlock(sanitizer: Sanitizer, layout: Layout = SIXTEEN): number {
  return sanitizer.alloc(layout);
}
function freeBlock(sanitizer: Sanitizer, at: number, layout: Layout = SIXTEEN): void {
  sanitizer.dealloc(at, layout);
}
function doWrong<R>(run: () => R): R {
  return run();
}

/** A sanitizer over 64 KiB at 0x1000: the first block of 16 bytes lies at 0x1010. */
function make(options: SanitizerOptions = {}): Sanitizer {
  return Sanitizer.wrap(FirstFit.ofSize(0x1_0000), { onFinding: "collect", ...options });
}

/** A report without what differs between engines: of each stack only the name of the innermost function. */
function normal(text: string): string {
  return text
    .split("\n")
    .filter((line, i, lines) => !line.startsWith("    ") || !lines[i - 1]!.startsWith("    "))
    .map((line) => line.replace(/^ {4}at (?:\w+\.)*(\w+) .*$/, "    $1"))
    .join("\n");
}

function only(sanitizer: Sanitizer): Finding {
  expect(sanitizer.findings).toHaveLength(1);
  return sanitizer.findings[0]!;
}

describe("the report of", () => {
  it("a write behind a block", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    doWrong(() => sanitizer.memory.writeU32(at + 16, 7));
    expect(normal(only(sanitizer).text).split("\n")).toEqual([
      "sanitizer/out-of-bounds: write of 4 bytes at 0x1020 by writeU32",
      "  0x1020 lies 0 bytes behind block #1 (16 bytes at 0x1010..0x1020, align 8)",
      "  done by:",
      expect.stringMatching(/^ {4}/),
      "  block #1 was allocated by:",
      "    takeBlock",
    ]);
  });

  it("a read before a block", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    doWrong(() => sanitizer.memory.readU8(at - 3));
    const { text, offset, code, address } = only(sanitizer);
    expect({ offset, code, address }).toEqual({ offset: -3, code: "sanitizer/out-of-bounds", address: 0x100d });
    expect(text.split("\n").slice(0, 2)).toEqual([
      "sanitizer/out-of-bounds: read of 1 byte at 0x100d by readU8",
      "  0x100d lies 3 bytes before block #1 (16 bytes at 0x1010..0x1020, align 8)",
    ]);
  });

  it("an access that only ends behind a block, naming the first byte that does", () => {
    const sanitizer = make();
    const at = sanitizer.allocZeroed(SIXTEEN);
    doWrong(() => sanitizer.memory.readU64(at + 12));
    expect(only(sanitizer).text.split("\n").slice(0, 2)).toEqual([
      "sanitizer/out-of-bounds: read of 8 bytes at 0x101c by readU64",
      "  0x1020 lies 0 bytes behind block #1 (16 bytes at 0x1010..0x1020, align 8)",
    ]);
  });

  it("a use after free, with both stacks", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    sanitizer.memory.writeU32(at + 4, 1);
    freeBlock(sanitizer, at);
    function useAfterFree(): number {
      return sanitizer.memory.readU32(at + 4);
    }
    useAfterFree();
    expect(normal(only(sanitizer).text)).toBe(
      [
        "sanitizer/use-after-free: read of 4 bytes at 0x1014 by readU32",
        "  0x1014 lies 4 bytes inside of block #1 (16 bytes at 0x1010..0x1020, align 8), which is freed",
        "  done by:",
        "    useAfterFree",
        "  block #1 was allocated by:",
        "    takeBlock",
        "  block #1 was freed by:",
        "    freeBlock",
      ].join("\n"),
    );
  });

  it("a use after free of a block that the allocator has back", () => {
    const sanitizer = make({ quarantineBytes: 0 });
    const at = takeBlock(sanitizer);
    freeBlock(sanitizer, at);
    sanitizer.memory.writeU8(at, 1);
    expect(only(sanitizer).text).toContain("0x1010 lies 0 bytes inside of block #1");
    expect(only(sanitizer).block!.state).toBe("returned");
  });

  it("a use of freed memory whose block is no longer known", () => {
    const sanitizer = make({ quarantineBytes: 0, captureStacks: false });
    const first = takeBlock(sanitizer, Layout.fromSizeAlign(1024, 8));
    freeBlock(sanitizer, first, Layout.fromSizeAlign(1024, 8));
    for (let i = 0; i < 4096; i++) freeBlock(sanitizer, takeBlock(sanitizer));
    sanitizer.memory.writeU8(first + 512, 1);
    expect(only(sanitizer).text.split("\n").slice(0, 2)).toEqual([
      "sanitizer/use-after-free: write of 1 byte at 0x1210 by writeU8",
      "  0x1210 lies in memory that was freed; of which block is no longer known",
    ]);
    expect(only(sanitizer).block).toBeUndefined();
  });

  it("a read of bytes that were never written", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    sanitizer.memory.writeU16(at, 1);
    function readFresh(): number {
      return sanitizer.memory.readU32(at);
    }
    expect(readFresh()).toBe(0xbebe_0001);
    expect(normal(only(sanitizer).text)).toBe(
      [
        "sanitizer/uninitialised-read: read of 4 bytes at 0x1010 by readU32",
        "  0x1012 lies 2 bytes inside of block #1 (16 bytes at 0x1010..0x1020, align 8), where nothing was written yet",
        "  done by:",
        "    readFresh",
        "  block #1 was allocated by:",
        "    takeBlock",
      ].join("\n"),
    );
  });

  it("an access inside the heap that hits no block", () => {
    const sanitizer = make({ heap: { start: 0x1000, size: 0x1_0000 } });
    sanitizer.memory.readU8(0x9000);
    takeBlock(sanitizer);
    sanitizer.memory.writeU8(0x9000, 0);
    expect(sanitizer.findings.map(({ text }) => text.split("\n").slice(0, 2))).toEqual([
      ["sanitizer/wild-access: read of 1 byte at 0x9000 by readU8", "  0x9000 lies in no block"],
      [
        "sanitizer/wild-access: write of 1 byte at 0x9000 by writeU8",
        "  0x9000 lies in no block; the nearest is block #1 (16 bytes at 0x1010..0x1020, align 8)",
      ],
    ]);
  });

  it("a double free, with both stacks", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    freeBlock(sanitizer, at);
    function freeAgain(): void {
      sanitizer.dealloc(at, SIXTEEN);
    }
    freeAgain();
    expect(normal(only(sanitizer).text)).toBe(
      [
        "sanitizer/double-free: dealloc of 0x1010",
        "  0x1010 lies 0 bytes inside of block #1 (16 bytes at 0x1010..0x1020, align 8), which is freed already",
        "  done by:",
        "    freeAgain",
        "  block #1 was allocated by:",
        "    takeBlock",
        "  block #1 was freed by:",
        "    freeBlock",
      ].join("\n"),
    );
  });

  it("foreign frees: null, nowhere, inside of a block, no address at all", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    for (const wrong of [0, 0x8000, at + 8, NaN]) freeBlock(sanitizer, wrong);
    expect(sanitizer.findings.map(({ text }) => text.split("\n").slice(0, 2))).toEqual([
      ["sanitizer/foreign-free: dealloc of 0x0", "  the null pointer is no block"],
      ["sanitizer/foreign-free: dealloc of 0x8000", "  no block was ever there"],
      [
        "sanitizer/foreign-free: dealloc of 0x1018",
        "  0x1018 lies 8 bytes inside of block #1 (16 bytes at 0x1010..0x1020, align 8)",
      ],
      ["sanitizer/foreign-free: dealloc of NaN", "  no block was ever there"],
    ]);
  });

  it("a free with a wrong layout", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    freeBlock(sanitizer, at, Layout.fromSizeAlign(24, 4));
    expect(normal(only(sanitizer).text)).toBe(
      [
        "sanitizer/wrong-layout: dealloc of 0x1010 with 24 bytes, align 4",
        "  0x1010 lies 0 bytes inside of block #1 (16 bytes at 0x1010..0x1020, align 8)",
        "  done by:",
        "    freeBlock",
        "  block #1 was allocated by:",
        "    takeBlock",
      ].join("\n"),
    );
    expect(sanitizer.leaks()).toEqual([]);
  });

  it("a realloc of a freed block, and by a wrong layout", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    freeBlock(sanitizer, at);
    expect(sanitizer.realloc(at, SIXTEEN, 32)).toBe(0);
    const other = takeBlock(sanitizer);
    const moved = sanitizer.realloc(other, Layout.fromSizeAlign(8, 8), 32);
    expect(sanitizer.findings.map(({ message }) => message)).toEqual([
      "realloc of 0x1010",
      "realloc of 0x1040 with 8 bytes, align 8",
    ]);
    expect(sanitizer.blockAt(moved)!.layout.size).toBe(32);
  });

  it("red zones that somebody wrote to past the checks", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    sanitizer.allocator.memory.writeU8(at + 17, 0x41);
    expect(sanitizer.check().map(({ text }) => normal(text))).toEqual([
      [
        "sanitizer/damaged-red-zone: the red zone was written to past the checks: 0xfa became 0x41 at 0x1021",
        "  0x1021 lies 1 byte behind block #1 (16 bytes at 0x1010..0x1020, align 8)",
        "  block #1 was allocated by:",
        "    takeBlock",
      ].join("\n"),
    ]);
    expect(sanitizer.findings).toEqual([]);
    freeBlock(sanitizer, at);
    expect(only(sanitizer).code).toBe("sanitizer/damaged-red-zone");
  });

  it("freed blocks that somebody wrote to past the checks", () => {
    const sanitizer = make();
    const at = takeBlock(sanitizer);
    freeBlock(sanitizer, at);
    sanitizer.allocator.memory.writeU8(at + 15, 0);
    const text = sanitizer.check().map((finding) => normal(finding.text));
    expect(text).toEqual([
      [
        "sanitizer/damaged-free-block: the freed block was written to past the checks: 0xfd became 0x0 at 0x101f",
        "  0x101f lies 15 bytes inside of block #1 (16 bytes at 0x1010..0x1020, align 8), which is freed",
        "  block #1 was allocated by:",
        "    takeBlock",
        "  block #1 was freed by:",
        "    freeBlock",
      ].join("\n"),
    ]);
    sanitizer[Symbol.dispose]();
    expect(sanitizer.findings.map(({ code }) => code)).toEqual(["sanitizer/damaged-free-block"]);
  });

  it("leaks, together by the calls that allocated them", () => {
    const sanitizer = make();
    function takeList(): void {
      for (let i = 0; i < 10; i++) sanitizer.alloc(SIXTEEN);
    }
    takeList();
    takeBlock(sanitizer, Layout.fromSizeAlign(1, 1));
    expect(sanitizer.leaks().map(({ text }) => normal(text).split("\n"))).toEqual([
      [
        "sanitizer/leak: 10 blocks of 160 bytes in all were never freed",
        "  block #1 (16 bytes at 0x1010..0x1020, align 8)",
        ...Array.from({ length: 7 }, (): unknown => expect.stringMatching(/^ {2}block #[2-8] \(16 bytes at /)),
        "  and 2 more",
        "  block #1 was allocated by:",
        "    takeList",
      ],
      [
        "sanitizer/leak: 1 block of 1 byte was never freed",
        expect.stringMatching(/^ {2}block #11 \(1 byte at /),
        "  block #11 was allocated by:",
        "    takeBlock",
      ],
    ]);
  });

  it("everything together", () => {
    const sanitizer = make({ captureStacks: false });
    const at = sanitizer.alloc(SIXTEEN);
    sanitizer.dealloc(0, SIXTEEN);
    sanitizer.allocator.memory.writeU8(at - 1, 0);
    const lines = sanitizer.report().split("\n");
    expect(lines.filter((line) => !line.startsWith(" "))).toEqual([
      "sanitizer/foreign-free: dealloc of 0x0",
      "sanitizer/damaged-red-zone: the red zone was written to past the checks: 0xfa became 0x0 at 0x100f",
      "sanitizer/leak: 1 block of 16 bytes was never freed",
      "sanitizer: 1 finding, 1 damaged block, 1 block of 16 bytes not freed",
    ]);
    expect(lines).not.toContain("  block #1 was allocated by:");
  });
});

describe("SanitizerError", () => {
  it("is thrown from the program's own call, with the report as its message", () => {
    const sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096));
    const at = takeBlock(sanitizer);
    function readBehind(): number {
      return sanitizer.memory.readU8(at + 20);
    }
    let caught: unknown;
    try {
      readBehind();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(SanitizerError);
    const error = caught as SanitizerError;
    expect(error.code).toBe("sanitizer/out-of-bounds");
    expect(error.name).toBe("SanitizerError");
    expect(error.message).toBe(error.finding.text);
    const frames = error.stack!.slice(error.stack!.indexOf(error.message) + error.message.length).trim();
    expect(frames).toMatch(/^at readBehind /);
  });

  it("of a scope's end holds all that was found", () => {
    let caught: unknown;
    try {
      using sanitizer = Sanitizer.wrap(FirstFit.ofSize(4096));
      takeBlock(sanitizer);
      sanitizer.alloc(SIXTEEN);
    } catch (error) {
      caught = error;
    }
    expect((caught as SanitizerError).findings.map(({ code }) => code)).toEqual(["sanitizer/leak", "sanitizer/leak"]);
    expect((caught as SanitizerError).message.split("\n").filter((line) => !line.startsWith(" "))).toHaveLength(2);
  });
});
