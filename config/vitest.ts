import { defineConfig, type ViteUserConfig } from "vitest/config";

const conditions = ["@kmem/source", "module", "node", "import", "default"];

/** Tests run on the sources of all packages (`@kmem/source` in their exports), so nothing needs to be built first. */
export function tests(more: NonNullable<ViteUserConfig["test"]> = {}): ViteUserConfig {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      include: ["test/**/*.test.ts"],
      reporters: ["default", ["json", { outputFile: ".test-report.json" }]],
      testTimeout: 60_000,
      ...more,
    },
  });
}
