import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Tally } from "../../../config/conformance.ts";
import * as api from "../src/index.ts";
import { replays } from "./conformance/replay.ts";

const folder = join(import.meta.dirname, "vectors");

/** Types that the package does not have yet, with the recordings that wait for them. */
const PENDING: Readonly<Record<string, string>> = {
  "btreemap.json": "BTreeMap",
  "btreeset.json": "BTreeSet",
};

describe("Rust 1.95's alloc", () => {
  for (const file of readdirSync(folder)) {
    const recording = JSON.parse(readFileSync(join(folder, file), "utf8")) as { suite: string; type: string };
    const pending = PENDING[file];
    if (pending !== undefined) {
      it(`has no ${pending} yet, so ${file} waits`, () => {
        expect(replays).not.toHaveProperty([`${recording.suite}/${recording.type}`]);
      });
      continue;
    }
    it(`does what ${file} records`, () => {
      const tally = new Tally();
      replays[`${recording.suite}/${recording.type}`]!(recording, api, tally, { strict: true });
      expect(tally.firstMismatch).toBeUndefined();
      expect(tally.failed).toBe(0);
      expect(tally.passed).toBeGreaterThan(0);
    });
  }
});
