/** `kernel run`: the screens, compared with stored text; and what options change. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kernel } from "../src/main.ts";
import { bootKernel } from "../src/host/run.ts";
import { screenText } from "../src/host/screen.ts";
import { booted, commandLine } from "./host.ts";

const stored = (name: string): string => readFileSync(new URL(`./screens/${name}.txt`, import.meta.url), "utf8");

/** A panic names the place in the source, which may go over the end of a row; the stored screen leaves it open. */
const PLACE = /src\/[\w-]+\.ts:[\d:\n]+/;
const withoutPlace = (screen: string): string => screen.replace(PLACE, "<place>\n");

describe("kernel run", () => {
  it("shows the post's screen, and succeeds", async () => {
    const answer = await commandLine("");
    expect(answer).toEqual({ status: 0, out: stored("kernel-main"), err: "" });
    expect(await commandLine("run")).toEqual(answer);
  });

  it("shows the same every time, and with two machines in one process", () => {
    let inner = "";
    const outer = bootKernel({
      kernel,
      memory: 0x800_0000,
      commandLine: "log=allocations",
      // The second machine boots, runs and ends while the first one stands in the middle of an allocation.
      onSerial: () => (inner ||= screenText(booted(kernel).screen)),
    });
    expect(`${inner}\n`).toBe(stored("kernel-main"));
    expect(screenText(outer.screen)).toBe(inner);
  });

  it("shows addresses that follow the heap", async () => {
    const { status, out } = await commandLine("run --heap-start 0x5555_5555_0000");
    expect(status).toBe(0);
    expect(out).toBe(stored("kernel-main").replaceAll("0x44444444", "0x55555555"));
  });

  it("works with a heap in the upper half", async () => {
    const { status, out } = await commandLine("run --heap-start 0xffff_9000_0000_0000");
    expect(status).toBe(0);
    expect(out).toContain("heap_value at 0xffff900000000000");
    expect(out).toContain("vec at 0xffff900000000800");
  });

  it("works with a heap that ends where the vector does, and panics with one that is 8 bytes smaller", async () => {
    expect((await commandLine("run --heap-size 0x1000")).status).toBe(0);
    const { status, out } = await commandLine("run --heap-size 4088 --memory 16MiB");
    expect(status).toBe(1);
    expect(out).toContain("allocation error: Layout { size_: 2048, align_: 4 }");
  });

  it("panics with the dummy allocator, naming the line that allocates", async () => {
    const { status, out } = await commandLine("run --allocator dummy");
    expect(status).toBe(1);
    expect(withoutPlace(out)).toBe(stored("dummy"));
    const [file, line] = PLACE.exec(out)![0].replaceAll("\n", "").split(":");
    const source = readFileSync(new URL(`../${file}`, import.meta.url), "utf8").split("\n");
    expect(source[Number(line) - 1]).toContain("Box.new(i32, 41)");
  });

  it("shows the page fault when the heap is not mapped", async () => {
    expect(await commandLine("run --skip-mapping")).toEqual({ status: 1, out: stored("page-fault"), err: "" });
  });

  it("panics when memory is too little for the heap", async () => {
    const { status, out } = await commandLine("run --memory 8MiB --heap-size 7MiB");
    expect(status).toBe(1);
    expect(withoutPlace(out)).toBe(stored("out-of-frames"));
  });

  it("tells every call to the allocator before the screen", async () => {
    const { status, out } = await commandLine("run --log allocations");
    expect(status).toBe(0);
    expect(out.startsWith("alloc 4 4 → 0x444444440000\nalloc 16 4 → 0x444444440010\n")).toBe(true);
    expect(out.endsWith(stored("kernel-main"))).toBe(true);
  });
});

describe("the command line", () => {
  it.each([
    ["run --heap-size many", "expected a number of bytes"],
    ["run --heap-size 0", "expected at least 1 byte"],
    ["run --heap-size -4096", "expected a number of bytes"],
    ["run --heap-size 1.5", "expected a number of bytes"],
    ["run --heap-size 1e400", "expected a number of bytes"],
    ["run --heap-size 256MiB", "a heap of 268435456 bytes is larger than the memory of 134217728 bytes"],
    ["run --heap-start 0x8000_0000_0000", "expected a canonical address"],
    ["run --heap-start here", "expected an address"],
    ["run --memory 8000001", "expected a multiple of 4096 bytes"],
    ["run --memory 64GiB", "expected a multiple of 4096 bytes from 1 MiB to 2 GiB"],
    ["run --memory 4MiB", "expected at least 8 MiB"],
    ["run --allocator jemalloc", "Allowed choices are linked-list, dummy"],
    ["run --log everything", "Allowed choices are"],
    ["run --no-such-option", "unknown option '--no-such-option'"],
    ["run too many", "too many arguments"],
    ["test no_such_kernel", 'there is no test kernel "no_such_kernel"; there are basic_boot, heap_allocation'],
    ["launch", 'there is no file "launch", and no command of that name'],
  ])("refuses %s in one line", async (words, reason) => {
    const { status, out, err } = await commandLine(words);
    expect(status).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(reason);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each(["--help", "run --help", "test --help", "help run"])("explains itself: %s", async (words) => {
    const { status, out, err } = await commandLine(words);
    expect(status).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^Usage: kernel/);
  });
});
