import { allocatorBenchmarks } from "./allocators.ts";
import { btreeBenchmarks } from "./btree.ts";
import { collectionBenchmarks } from "./collections.ts";
import type { Benchmark } from "./harness.ts";
import { heapBenchmarks } from "./heap.ts";
import { mmuBenchmarks } from "./mmu.ts";
import { pagingBenchmarks } from "./paging.ts";
import { sanitizerBenchmarks } from "./sanitizer.ts";
import { textBenchmarks } from "./text.ts";

/** Every benchmark, in the order of the house from the ground up. */
export const benchmarks: readonly Benchmark[] = [
  ...heapBenchmarks,
  ...allocatorBenchmarks,
  ...sanitizerBenchmarks,
  ...collectionBenchmarks,
  ...btreeBenchmarks,
  ...textBenchmarks,
  ...pagingBenchmarks,
  ...mmuBenchmarks,
];
