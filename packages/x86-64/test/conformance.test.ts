import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Tally } from "../../../config/conformance.ts";
import * as api from "../src/index.ts";
import { replays } from "./conformance/replay.ts";
import type { Recording } from "./conformance/words.ts";

const FILES = [
  "addr",
  "page",
  "flags",
  "recursive",
  "mapper",
  "mapper-odd",
  "recursive-mapper",
  "structures",
  "descriptors",
];

describe("the recordings of the crate x86_64 0.15.4", () => {
  for (const name of FILES)
    for (const strict of [false, true])
      it(`${name} passes${strict ? " with Rust's outcome where ours differs" : ""}`, () => {
        const tally = new Tally();
        const file = new URL(`vectors/${name}.json`, import.meta.url);
        const recording = JSON.parse(readFileSync(file, "utf8")) as Recording;
        replays[recording.suite]!(recording, api, tally, { strict });
        expect(tally.firstMismatch).toBeUndefined();
        expect(tally.passed).toBe(recording.cases.length);
      });
});
