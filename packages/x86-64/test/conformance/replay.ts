import type { Replay } from "../../../../config/conformance.ts";
import { replayAddr } from "./addr.ts";
import { replayDescriptors } from "./descriptors.ts";
import { replayFlags } from "./flags.ts";
import { replayMapper } from "./mapper.ts";
import { replayPage } from "./page.ts";
import { replayRecursive } from "./recursive.ts";
import { replayRecursiveMapper } from "./recursive-mapper.ts";
import { replayStructures } from "./structures.ts";
import type { Api, Case, Recording } from "./words.ts";

function eachCase(replayCase: (api: Api, given: Case, strict: boolean) => void): Replay<Api> {
  return (recording, api, tally, { strict }) => {
    for (const given of (recording as Recording).cases)
      tally.case(nameOf(given), () => {
        replayCase(api, given, strict);
      });
  };
}

function nameOf(given: Case): string {
  return typeof given.name === "string" ? given.name : JSON.stringify(given);
}

/** The replays of this package's recordings, by suite. */
export const replays: Record<string, Replay<Api>> = {
  addr: eachCase(replayAddr),
  page: eachCase(replayPage),
  flags: eachCase(replayFlags),
  recursive: eachCase(replayRecursive),
  "recursive-mapper": eachCase(replayRecursiveMapper),
  descriptors: eachCase(replayDescriptors),
  structures: eachCase(replayStructures),
  mapper: eachCase(replayMapper),
};
