import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { u32 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import { Arc, Box, reportLostOwners, String as RustString, string, UseAfterMoveError, vec, Vec } from "../src/index.ts";
import { expectEmpty } from "./heaps.ts";

const WORKERS = 3;
const ROUNDS = 2000;

describe("owners handed to workers by address", () => {
  it("are read there, counted together, dropped once, and leave the heap one hole", async () => {
    const buffer = new SharedArrayBuffer(0x1_0000);
    const heap = LockedHeap.inBuffer(buffer);
    const numbers = Arc.newIn(heap, vec(u32), Vec.fromIn(heap, u32, [1, 2, 3]));
    const results = Array.from({ length: WORKERS }, async (_, i) => {
      const words = Vec.fromIn(heap, string, [RustString.fromIn(heap, `worker ${i}`), RustString.fromIn(heap, "é")]);
      const list = Box.newIn(heap, vec(string), words).intoRaw();
      expect(() => words.length).toThrow(UseAfterMoveError);
      const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
        workerData: { buffer, list, shared: numbers.clone().intoRaw(), rounds: ROUNDS },
        execArgv: ["--conditions=@kmem/source"],
      });
      const [seen] = (await once(worker, "message")) as [unknown];
      await worker.terminate();
      return seen;
    });
    expect(await Promise.all(results)).toEqual(
      Array.from({ length: WORKERS }, (_, i) => ({ words: [`worker ${i}`, "é"], sum: 6 })),
    );
    expect([Arc.strongCount(numbers), Arc.weakCount(numbers)]).toEqual([1, 0]);
    numbers.drop();
    expectEmpty(heap);
  }, 60_000);
});

describe("reportLostOwners", () => {
  it("names what the garbage collector took undropped, and nothing that was dropped or moved", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const heap = LockedHeap.inBuffer(new ArrayBuffer(0x1_0000));
    const lost: { type: string; stack: string }[] = [];
    expect(reportLostOwners((owner) => lost.push(owner))).toBe(true);
    const makeAndForget = (): void => {
      Vec.fromIn(heap, u32, [1]);
      Vec.fromIn(heap, string, []).drop();
      Box.newIn(heap, string, RustString.fromIn(heap, "moved, then dropped")).drop();
    };
    makeAndForget();
    for (let i = 0; i < 200 && lost.length === 0; i++) {
      await sleep(5);
      collect();
    }
    reportLostOwners(undefined);
    expect(lost.map(({ type }) => type)).toEqual(["Vec<u32>"]);
    expect(lost[0]!.stack).toContain("makeAndForget");
  });
});
