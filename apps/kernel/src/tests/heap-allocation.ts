/**
 * The post's tests of the heap.
 *
 * @see blog_os, post 10, tests/heap_allocation.rs: https://os.phil-opp.com/heap-allocation/#adding-a-test
 * @module
 */
import { Box, Vec } from "@kmem/alloc";
import type { KernelEntry } from "@kmem/bootloader";
import { i32, u64 } from "@kmem/repr";
import { HEAP_SIZE } from "../allocator.ts";
import { assertEq } from "../assert.ts";
import { testKernel } from "../test-kernel.ts";

/** Values are where they were put. */
export function simpleAllocation(): void {
  using heapValue1 = Box.new(i32, 41);
  using heapValue2 = Box.new(i32, 13);
  assertEq(heapValue1.value, 41);
  assertEq(heapValue2.value, 13);
}

/** A vector grows through many reallocations, and keeps what it holds. */
export function largeVec(): void {
  const n = 1000;
  using vec = Vec.new(u64);
  for (let i = 0; i < n; i++) vec.push(BigInt(i));
  let sum = 0n;
  for (const value of vec) sum += value;
  assertEq(sum, BigInt(((n - 1) * n) / 2));
}

/** Freed memory is used again: without that, a heap of HEAP_SIZE bytes is full long before HEAP_SIZE boxes. */
export function manyBoxes(): void {
  boxes(HEAP_SIZE);
}

/** `count` boxes, one after the other. */
export function boxes(count: number): void {
  for (let i = 0; i < count; i++) {
    using x = Box.new(u64, BigInt(i));
    assertEq(x.value, BigInt(i));
  }
}

export const kernel: KernelEntry = testKernel({
  simple_allocation: simpleAllocation,
  large_vec: largeVec,
  many_boxes: manyBoxes,
});
