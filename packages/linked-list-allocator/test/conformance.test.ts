import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Tally } from "../../../config/conformance.ts";
import * as api from "../src/index.ts";
import { replays } from "./conformance/replay.ts";

const folder = join(import.meta.dirname, "vectors");

describe("linked_list_allocator 0.10.5", () => {
  for (const file of readdirSync(folder).filter((each) => each.endsWith(".json")))
    it(`does what ${file} records`, () => {
      const recording = JSON.parse(readFileSync(join(folder, file), "utf8")) as { suite: string };
      const tally = new Tally();
      replays[recording.suite]!(recording, api, tally, { strict: true });
      expect(tally.firstMismatch).toBeUndefined();
      expect(tally.failed + tally.skipped.size).toBe(0);
      expect(tally.passed).toBeGreaterThan(0);
    });
});
