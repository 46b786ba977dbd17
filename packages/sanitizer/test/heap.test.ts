import { Layout } from "@kmem/global-alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { describe, expect, it } from "vitest";
import { Sanitizer } from "../src/index.ts";

const BLOCK = Layout.fromSizeAlign(24, 8);

for (const [name, buffer] of [
  ["an ArrayBuffer", new ArrayBuffer(0x1_0000)],
  ["a SharedArrayBuffer", new SharedArrayBuffer(0x1_0000)],
] as const)
  describe(`Sanitizer around a LockedHeap in ${name}`, () => {
    it("names what would have damaged the heap, and the heap stays whole", () => {
      const heap = LockedHeap.inBuffer(buffer);
      {
        using sanitizer = Sanitizer.wrap(heap, { onFinding: "collect" });
        const [first, second] = [sanitizer.alloc(BLOCK), sanitizer.alloc(BLOCK)];
        sanitizer.memory.fill(first, 0x41, 40);
        sanitizer.dealloc(first, BLOCK);
        sanitizer.dealloc(first, BLOCK);
        sanitizer.memory.writeUsize(first + 8, 0x1234);
        sanitizer.dealloc(second + 8, BLOCK);
        sanitizer.dealloc(second, BLOCK);
        expect(sanitizer.findings.map(({ code }) => code)).toEqual([
          "sanitizer/out-of-bounds",
          "sanitizer/double-free",
          "sanitizer/use-after-free",
          "sanitizer/foreign-free",
        ]);
      }
      using whole = heap.lock();
      expect(whole.used).toBe(0);
    });
  });
