/**
 * Chapter 8: with a heap, a kernel has all of alloc's types.
 *
 * @see https://os.phil-opp.com/heap-allocation/#using-an-allocator-crate
 * @module
 */
import type { Chapter } from "../tour/chapter.ts";
import { steps as ordered } from "./08-all-collection-types/ordered.ts";
import { steps as owners } from "./08-all-collection-types/owners.ts";
import { steps as sequences } from "./08-all-collection-types/sequences.ts";
import { steps as text } from "./08-all-collection-types/text.ts";

export const chapter: Chapter = {
  name: "collections",
  file: "08-all-collection-types.ts",
  section: "using-an-allocator-crate",
  title: { en: "All collection types", zh: "全部集合类型" },
  summary: {
    en: "Box, Vec, Rc, Arc, String, LinkedList, VecDeque, BinaryHeap, BTreeMap and BTreeSet at a kernel's work",
    zh: "Box、Vec、Rc、Arc、String、LinkedList、VecDeque、BinaryHeap、BTreeMap、BTreeSet 在内核中各司其职",
  },
  steps: [...owners, ...text, ...sequences, ...ordered],
};
