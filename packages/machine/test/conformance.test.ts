import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Tally } from "../../../config/conformance.ts";
import * as api from "../src/index.ts";
import { replays } from "./conformance/replay.ts";

const folder = join(import.meta.dirname, "vectors");

describe("Mmu", () => {
  for (const file of readdirSync(folder))
    it(`does what ${file} records`, () => {
      const tally = new Tally();
      replays.mmu!(JSON.parse(readFileSync(join(folder, file), "utf8")), api, tally, { strict: true });
      expect(tally.firstMismatch).toBeUndefined();
      expect(tally.failed + tally.skipped.size).toBe(0);
      expect(tally.passed).toBe(539);
    });
});
