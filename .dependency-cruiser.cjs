/** The house (README): which package may import which. Arrows point down only. */
const may = {
  memory: [],
  spin: ["memory"],
  "global-alloc": ["memory"],
  "linked-list-allocator": ["memory", "global-alloc", "spin"],
  repr: ["memory", "global-alloc"],
  alloc: ["memory", "global-alloc", "repr"],
  sanitizer: ["memory", "global-alloc"],
  allocators: ["memory", "global-alloc"],
  "x86-64": ["memory"],
  "frame-allocator": ["memory", "x86-64"],
  machine: ["memory", "x86-64"],
  bootloader: ["memory", "x86-64", "frame-allocator", "machine"],
};

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-orphan-imports", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "packages-do-not-import-apps",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^apps/" },
    },
    {
      name: "packages-have-no-runtime-dependencies",
      severity: "error",
      from: { path: "^packages/[^/]+/src/" },
      to: { pathNot: "^packages/" },
    },
    ...Object.entries(may).map(([name, below]) => ({
      name: `${name}-imports-only-what-is-below`,
      severity: "error",
      from: { path: `^packages/${name}/src/` },
      to: { path: "^packages/", pathNot: `^packages/(${[name, ...below].join("|")})/` },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(/dist/|\\.test\\.ts$)" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@kmem/source", "import", "require", "node", "default"],
    },
  },
};
