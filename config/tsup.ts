import { readFileSync, rmSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** `from "./x.ts"` → `from "./x.js"`: as long, so the source maps stay right. */
const jsEndings: Plugin = {
  name: "js-endings",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/( from "\.[^"\n]*)\.ts"/g, '$1.js"'),
      loader: "ts",
    }));
  },
};

/**
 * The build of every package: ESM and CJS with types for both, for the entries named.
 *
 * In ESM each source file stays a file. Lowered to ES2020, the static members of a class become statements, which no
 * bundler can take out of a file; but with `sideEffects: false` it leaves out the files that nothing is imported from.
 * `pnpm check:size` shows what that is worth: in one file, any import from @kmem/alloc cost a bundle all of its 45 kB.
 *
 * In CJS the entries share chunks, so that a program has one copy of each class by whichever entry it imports it.
 */
export function library(entry: string[] = ["src/index.ts"]): ReturnType<typeof defineConfig> {
  rmSync("dist", { recursive: true, force: true });
  const common: Options = { target: "es2020", platform: "neutral", sourcemap: true, treeshake: false, silent: true };
  return defineConfig([
    {
      ...common,
      format: "esm",
      entry: ["src/**/*.ts"],
      bundle: false,
      splitting: false,
      esbuildPlugins: [jsEndings],
      dts: { entry },
    },
    { ...common, format: "cjs", entry, splitting: true, dts: true },
  ]);
}
