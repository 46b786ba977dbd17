import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    cli: "src/host/cli.ts",
    index: "src/index.ts",
    "machine-thread": "src/host/machine-thread.ts",
    "repl-thread": "src/host/repl/thread.ts",
  },
  format: ["esm"],
  target: "node20",
  platform: "node",
  splitting: true,
  sourcemap: true,
  dts: false,
  clean: true,
  silent: true,
});
