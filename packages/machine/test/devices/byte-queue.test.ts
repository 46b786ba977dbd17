import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteQueue } from "../../src/devices/byte-queue.ts";

describe("ByteQueue", () => {
  it("gives bytes in the order in which they came, like an array, also beyond its cut", () => {
    const step = fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: -3000, max: -1 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: "max" }), (steps) => {
        const queue = new ByteQueue();
        let next = 0;
        let first = 0;
        for (const step of steps) {
          for (let i = 0; i < step; i++) queue.push(next++);
          for (let i = 0; i < -step; i++)
            if (queue.shift() !== (first < next ? first++ : undefined)) throw new Error("order");
          expect(queue.length).toBe(next - first);
        }
        queue.clear();
        expect([queue.length, queue.shift()]).toEqual([0, undefined]);
      }),
      { numRuns: 50 },
    );
  });
});
