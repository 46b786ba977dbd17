import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { Tally } from "../../../config/conformance.ts";
import * as api from "../src/index.ts";
import type { PlayerOptions } from "./conformance/player.ts";
import { replaysWith } from "./conformance/replay.ts";
import { pagedMemory } from "./support/paged-memory.ts";

const folder = join(import.meta.dirname, "vectors");

/** The recordings hold whatever the heap lies in and however it finds its holes. */
const variants: Record<string, PlayerOptions> = {
  "without the index": { heap: { index: "off" } },
  "always by the index": { heap: { index: "always" } },
  "in shared memory, each change journaled": {
    makeMemory: (base, byteLength) => new LinearMemory(new SharedArrayBuffer(byteLength), { base }),
  },
  "in shared memory, always by the index": {
    heap: { index: "always" },
    makeMemory: (base, byteLength) => new LinearMemory(new SharedArrayBuffer(byteLength), { base }),
  },
  "in virtual memory on scattered frames": { makeMemory: pagedMemory },
  "in virtual memory, always by the index": { makeMemory: pagedMemory, heap: { index: "always" } },
};

for (const [name, options] of Object.entries(variants))
  describe(`linked_list_allocator 0.10.5, ${name}`, () => {
    const replays = replaysWith(options);
    const isPaged = options.makeMemory === pagedMemory;
    for (const file of readdirSync(folder).filter((each) => each.endsWith(isPaged ? ".json" : "traces.json")))
      it(`does what ${file} records`, () => {
        const recording = JSON.parse(readFileSync(join(folder, file), "utf8")) as { suite: string };
        const tally = new Tally();
        replays[recording.suite]!(recording, api, tally, { strict: true });
        expect(tally.firstMismatch).toBeUndefined();
        expect(tally.failed + tally.skipped.size).toBe(0);
        expect(tally.passed).toBeGreaterThan(0);
      });
  });
