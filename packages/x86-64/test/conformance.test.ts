import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Tally } from "../../../config/conformance.ts";
import * as api from "../src/index.ts";
import { replays } from "./conformance/replay.ts";

describe("the recordings of the crate x86_64 0.15.4", () => {
  for (const suite of ["addr", "page", "flags", "recursive", "mapper", "structures"])
    for (const strict of [false, true])
      it(`${suite} passes${strict ? " with Rust's outcome where ours differs" : ""}`, () => {
        const tally = new Tally();
        const file = new URL(`vectors/${suite}.json`, import.meta.url);
        replays[suite]!(JSON.parse(readFileSync(file, "utf8")), api, tally, { strict });
        expect(tally.firstMismatch).toBeUndefined();
        expect(tally.passed).toBeGreaterThan(0);
      });
});
