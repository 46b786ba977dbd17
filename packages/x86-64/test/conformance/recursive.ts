import { expectOutcome, text, word, type Api, type Case } from "./words.ts";

/** Replays a case of suite `recursive`. */
export function replayRecursive(api: Api, given: Case): void {
  const { Page, recursiveIndex, RecursivePageTable, VirtAddr } = api;
  const expect = (field: string, run: () => unknown): void => expectOutcome(field, given[field], run);
  if (given.k === "is_recursive_addr")
    return expect("r", () => recursiveIndex(VirtAddr.newTruncate(word(given.table))) ?? null);
  if (given.k !== "recursive") throw new Error(`unknown kind of case: ${String(given.k)}`);
  const page = Page.containingAddress(VirtAddr.new(word(given.a)));
  const r = given.r as number;
  for (const level of [4, 3, 2, 1] as const)
    expect(`p${level}_table`, () => text(RecursivePageTable.tablePage(r, page, level).startAddress));
}
