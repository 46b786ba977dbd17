/** `kernel run FILE`: kernels of the user's own, run as a user would, from their sources. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const app = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "kmem-user-kernel-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function run(path: string): Promise<{ status: number; out: string; err: string }> {
  const args = ["--conditions=@kmem/source", "--enable-source-maps", "--import", "tsx", "src/host/cli.ts", "run", path];
  return new Promise((resolve) => {
    execFile("node", args, { cwd: app }, (error, out, err) => {
      resolve({ status: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

describe("kernel run FILE", () => {
  it("boots the template, as the README tells", async () => {
    const { status, out, err } = await run("template/my-kernel.ts");
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(/^Hello from my kernel!\nprime 100 is 541; the vector is at 0x4444444\w+\n$/);
  });

  it("boots a file from anywhere, which imports others", async () => {
    file("greeting.ts", `export const greeting: string = "Good morning";`);
    const { status, out } = await run(
      file(
        "kernel.ts",
        `import { entryPoint, hltLoop, println, withRuntime } from "kernel";
         import { greeting } from "./greeting.ts";
         export default entryPoint(withRuntime(() => { println("{}", greeting); hltLoop(); }));`,
      ),
    );
    expect({ status, out }).toEqual({ status: 1, out: "Good morning\n" });
  });

  it("names the user's line in a panic", async () => {
    const { status, out } = await run(
      file(
        "panics.ts",
        `import { Box } from "@kmem/alloc";
import { i32 } from "@kmem/repr";
import { entryPoint, withRuntime } from "kernel";
export const kernel = entryPoint(withRuntime((): never => {
  Box.new(i32, 41);
  throw new Error("unreachable");
}));`,
      ),
    );
    expect(status).toBe(1);
    expect(out).toMatch(/panicked at 'allocation error: Layout \{ size_: 4, align_: 4 \}', panics\.ts:5:7/);
  });

  it.each([
    ["no kernel", "export const nothing = 1;", "exports no kernel"],
    ["a mistake", "export const = 1;", "Expected identifier but found"],
    ["an unknown package", `import "@kmem/nowhere";`, "there is no package @kmem/nowhere"],
  ])("refuses %s in one line", async (name, text, reason) => {
    const { status, err } = await run(file(`${name.replaceAll(" ", "-")}.ts`, text));
    expect(status).toBe(2);
    expect(err).toContain(reason);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });
});
