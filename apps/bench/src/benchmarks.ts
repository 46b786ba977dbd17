import type { Benchmark } from "./harness.ts";

/** Every benchmark, in the order of the house from the ground up. */
export const benchmarks: readonly Benchmark[] = [];
