import { defineConfig } from "tsup";

export default defineConfig({
  entry: { cli: "src/host/cli.ts", "machine-thread": "src/host/machine-thread.ts", index: "src/index.ts" },
  format: ["esm"],
  target: "node20",
  platform: "node",
  splitting: true,
  sourcemap: true,
  dts: false,
  clean: true,
  silent: true,
});
