/**
 * What the sanitizer costs: the same program on a bare heap, and under it.
 */
import { Layout, type GlobalAlloc } from "@kmem/global-alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { Sanitizer, type SanitizerOptions } from "@kmem/sanitizer";
import type { Benchmark, Contestant } from "./harness.ts";

const HEAP_BYTES = 0x40_0000;
const BLOCK = Layout.fromSizeAlign(64, 8);
const BLOCKS = 100;
const WORDS = 4096;

type Program = (allocator: GlobalAlloc) => () => void;

/** The bare heap, and the sanitizer in the ways that differ in cost. */
function contestants(operations: number, program: Program): Contestant[] {
  const wrap = (options: SanitizerOptions): GlobalAlloc =>
    Sanitizer.wrap(LockedHeap.inBuffer(new ArrayBuffer(HEAP_BYTES)), options);
  const all: [string, GlobalAlloc][] = [
    ["heap, no sanitizer", LockedHeap.inBuffer(new ArrayBuffer(HEAP_BYTES))],
    ["sanitizer", wrap({})],
    ["sanitizer, no stacks", wrap({ captureStacks: false })],
  ];
  return all.map(([name, allocator]) => ({ name, operations, run: program(allocator) }));
}

function allocAndFree(allocator: GlobalAlloc): () => void {
  const taken = new Float64Array(BLOCKS);
  return () => {
    for (let i = 0; i < BLOCKS; i++) taken[i] = allocator.alloc(BLOCK);
    for (let i = 0; i < BLOCKS; i++) allocator.dealloc(taken[i]!, BLOCK);
  };
}

function readAndWrite(allocator: GlobalAlloc): () => void {
  const at = allocator.allocZeroed(Layout.fromSizeAlign(WORDS * 4, 8));
  const { memory } = allocator;
  return () => {
    for (let i = 0; i < WORDS; i++) memory.writeU32(at + i * 4, memory.readU32(at + i * 4) + 1);
  };
}

function copyBytes(allocator: GlobalAlloc): () => void {
  const from = allocator.allocZeroed(Layout.fromSizeAlign(WORDS, 8));
  const to = allocator.allocZeroed(Layout.fromSizeAlign(WORDS, 8));
  const { memory } = allocator;
  return () => memory.copy(to, from, WORDS);
}

export const sanitizerBenchmarks: readonly Benchmark[] = [
  {
    name: "sanitizer/alloc",
    about: `take or free one of ${BLOCKS} blocks of ${BLOCK.size} bytes`,
    contestants: () => contestants(2 * BLOCKS, allocAndFree),
  },
  {
    name: "sanitizer/access",
    about: "read or write a u32",
    contestants: () => contestants(2 * WORDS, readAndWrite),
  },
  {
    name: "sanitizer/copy",
    about: "copy a byte of 4096",
    contestants: () => contestants(WORDS, copyBytes),
  },
];
