/**
 * The test of reused memory, as the post runs it first (10 000 boxes), as it runs in the end (one for each byte of the
 * heap), and with a box that lives all the while.
 *
 * @see https://os.phil-opp.com/heap-allocation/#adding-a-test; the last: https://os.phil-opp.com/allocator-designs/
 * @module
 */
import { Box } from "@kmem/alloc";
import type { KernelEntry } from "@kmem/bootloader";
import { u64 } from "@kmem/repr";
import { HEAP_SIZE } from "../allocator.ts";
import { assertEq } from "../assert.ts";
import { testKernel } from "../test-kernel.ts";
import { boxes } from "./heap-allocation.ts";

/** A box that lives throughout must not hold up the reuse of the others. */
export function manyBoxesLongLived(): void {
  using longLived = Box.new(u64, 1n);
  boxes(HEAP_SIZE);
  assertEq(longLived.value, 1n);
}

export const kernel: KernelEntry = testKernel({
  many_boxes_10000: () => boxes(10_000),
  many_boxes: () => boxes(HEAP_SIZE),
  many_boxes_long_lived: manyBoxesLongLived,
});
