/**
 * The chapters, in the order of the post's sections.
 *
 * @module
 */
import type { Chapter } from "../tour/chapter.ts";
import { chapter as variables } from "./01-local-and-static-variables.ts";
import { chapter as dynamicMemory } from "./02-dynamic-memory.ts";
import { chapter as commonErrors } from "./03-common-errors.ts";
import { chapter as rust } from "./04-allocation-in-rust.ts";
import { chapter as allocatorInterface } from "./05-the-allocator-interface.ts";
import { chapter as kernelHeap } from "./06-creating-a-kernel-heap.ts";
import { chapter as allocatorCrate } from "./07-using-an-allocator-crate.ts";
import { chapter as collections } from "./08-all-collection-types.ts";
import { chapter as tests } from "./09-the-tests.ts";

export const chapters: readonly Chapter[] = [
  variables,
  dynamicMemory,
  commonErrors,
  rust,
  allocatorInterface,
  kernelHeap,
  allocatorCrate,
  collections,
  tests,
];
