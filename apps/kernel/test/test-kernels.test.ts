/** `kernel test`: the post's tests, each in a machine of its own. */
import { entryPoint } from "@kmem/bootloader";
import { describe, expect, it } from "vitest";
import { assertEq } from "../src/assert.ts";
import { SUCCESS_STATUS, verdict } from "../src/host/run.ts";
import { withRuntime } from "../src/runtime.ts";
import { testKernel, testPanicHandler, testRunner } from "../src/test-kernel.ts";
import { testKernels } from "../src/tests/index.ts";
import { booted, commandLine } from "./host.ts";

describe("kernel test", () => {
  it("prints what the post prints", async () => {
    const { status, out, err } = await commandLine("test heap_allocation");
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toBe(
      "heap_allocation:\nRunning 3 tests\nsimple_allocation... [ok]\nlarge_vec... [ok]\nmany_boxes... [ok]\n",
    );
  });

  it("runs all test kernels, many_boxes both short and long", async () => {
    const { status, out } = await commandLine("test");
    expect(status).toBe(0);
    expect(out).toContain("test_println... [ok]");
    expect(out).toContain("many_boxes_10000... [ok]\nmany_boxes... [ok]\nmany_boxes_long_lived... [ok]");
    expect(out).toContain("should_panic::should_fail... [ok]");
    expect(out).toContain("stack_overflow::stack_overflow... [ok]");
  });

  it("fails with the dummy allocator, and tells why", async () => {
    const { status, out } = await commandLine("test heap_allocation --allocator dummy");
    expect(status).toBe(1);
    expect(out).toMatch(
      /simple_allocation\.\.\. \[failed\]\n\nError: panicked at 'allocation error: Layout \{ size_: 4, align_: 4 \}', src\/tests\/heap-allocation\.ts:\d+:\d+/,
    );
  });
});

describe("a test kernel", () => {
  it.each(Object.keys(testKernels))("%s leaves the machine through port 0xf4 with 0x10", (name) => {
    const { result } = booted(testKernels[name]!);
    expect(result).toEqual({ kind: "exited", code: 0x10, status: SUCCESS_STATUS });
  });

  it("that fails leaves with 0x11, and does not run the tests after it", () => {
    const failing = testKernel({ passes: () => assertEq(1, 1), fails: () => assertEq(1, 2), never: () => undefined });
    const { result, serial } = booted(failing);
    expect(result).toMatchObject({ kind: "exited", code: 0x11 });
    expect(verdict(result).status).toBe(1);
    expect(serial).toMatch(/^Running 3 tests\npasses\.\.\. \[ok\]\nfails\.\.\. \[failed\]\n\nError: panicked at '/);
    expect(serial).not.toContain("never");
  });

  it("that halts without leaving is no success", () => {
    const idle = entryPoint(
      withRuntime((_, hardware): never => {
        for (;;) hardware.hlt();
      }),
    );
    const { result } = booted(idle);
    expect(result).toEqual({ kind: "halted", reason: "interrupts-off" });
    expect(verdict(result).status).toBe(1);
  });

  it("without tests runs none, and succeeds", () => {
    const empty = entryPoint(
      withRuntime(() => {
        testRunner({});
        throw new Error("the machine goes on after its exit");
      }, testPanicHandler),
    );
    const { result, serial } = booted(empty);
    expect(result).toMatchObject({ kind: "exited", code: 0x10 });
    expect(serial).toBe("Running 0 tests\n");
  });
});
