import { defineConfig } from "tsup";

/**
 * The build of every package: ESM and CJS with types for both, from the entries named.
 *
 * `splitting` keeps one copy of each class when a program imports a package by its root and by a subpath.
 */
export function library(entry: string[] = ["src/index.ts"]): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "es2020",
    platform: "neutral",
    dts: true,
    splitting: true,
    sourcemap: true,
    clean: true,
    treeshake: false,
    silent: true,
  });
}
