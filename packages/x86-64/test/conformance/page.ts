import type { Level, Page, PageRange, PageRangeInclusive, PageSize, PhysFrame } from "../../src/index.ts";
import { steps } from "./addr.ts";
import { expectOutcome, isPanic, outcome, text, word, type Api, type Case } from "./words.ts";

/** Most items that a recorded iteration takes. */
const CAP = 1200;

/** Replays a case of suite `page`. */
export function replayPage(api: Api, given: Case, strict: boolean): void {
  const { Page, PageOffset, PageTableIndex, PageTableLevel, PhysFrame, VirtAddr } = api;
  const expect = (field: string, run: () => unknown): void => expectOutcome(field, given[field], run);
  const size = sizeNamed(api, given.s ?? "4KiB");
  const page = (field: string): Page<PageSize> => Page.fromStartAddress(VirtAddr.new(word(given[field])), size);
  const frame = (field: string): PhysFrame<PageSize> => PhysFrame.fromStartAddress(Number(word(given[field])), size);
  const start = (unit: { readonly startAddress: number } | undefined): string | null =>
    unit === undefined ? null : text(unit.startAddress);
  const orNotAligned = (run: () => { readonly startAddress: number }): unknown => {
    try {
      return start(run());
    } catch (error) {
      if (error instanceof api.AddressError && error.code === "address/not-aligned")
        return { err: "AddressNotAligned" };
      throw error;
    }
  };

  switch (given.k) {
    case "level": {
      const level = given.level as Level;
      expect("lower", () => PageTableLevel.nextLowerLevel(level) ?? null);
      expect("higher", () => PageTableLevel.nextHigherLevel(level) ?? null);
      expect("table_align", () => text(PageTableLevel.tableAddressSpaceAlignment(level)));
      return expect("entry_align", () => text(PageTableLevel.entryAddressSpaceAlignment(level)));
    }
    case "page": {
      const address = VirtAddr.new(word(given.a));
      const containing = Page.containingAddress(address, size);
      expect("containing", () => start(containing));
      expect("from_start", () => orNotAligned(() => Page.fromStartAddress(address, size)));
      const levels = ([4, 3, 2, 1] as const).filter((level) => level >= size.level);
      return expect("idx", () => levels.map((level) => containing.pageTableIndex(level)));
    }
    case "frame": {
      const address = Number(word(given.a));
      expect("containing", () => start(PhysFrame.containingAddress(address, size)));
      return expect("from_start", () => orNotAligned(() => PhysFrame.fromStartAddress(address, size)));
    }
    case "page_from_idx": {
      const [p4 = 0, p3 = 0, p2 = 0, p1 = 0] = given.idx as number[];
      if (size.level === 1) return expect("r", () => start(Page.fromPageTableIndices(p4, p3, p2, p1)));
      if (size.level === 2) return expect("r", () => start(Page.fromPageTableIndices2MiB(p4, p3, p2)));
      return expect("r", () => start(Page.fromPageTableIndices1GiB(p4, p3)));
    }
    case "page_add":
      return expect("r", () => start(page("a").add(word(given.b))));
    case "page_sub":
      return expect("r", () => start(page("a").sub(word(given.b))));
    case "frame_add":
      return expect("r", () => start(frame("a").add(word(given.b))));
    case "frame_sub":
      return expect("r", () => start(frame("a").sub(word(given.b))));
    case "page_diff":
      return expect("r", () => text(page("a").diff(page("b"))));
    case "frame_diff":
      return expect("r", () => text(frame("a").diff(frame("b"))));
    case "page_fwd":
      return expect("r", () => start(page("a").forwardChecked(word(given.b))));
    case "page_bwd":
      return expect("r", () => start(page("a").backwardChecked(word(given.b))));
    case "page_steps":
      return expect("r", () => steps(Page.stepsBetween(page("a"), page("b"))));
    case "page_range":
      return (strict ? rustRange : ourRange)(given, Page.range(page("start"), page("end")), false);
    case "page_range_incl":
      return (strict ? rustRange : ourRange)(given, Page.rangeInclusive(page("start"), page("end")), true);
    case "frame_range":
      return (strict ? rustRange : ourRange)(given, PhysFrame.range(frame("start"), frame("end")), false);
    case "frame_range_incl":
      return (strict ? rustRange : ourRange)(given, PhysFrame.rangeInclusive(frame("start"), frame("end")), true);
    case "range_as_4k": {
      const [from, to] = ["start", "end"].map((field) =>
        Page.fromStartAddress(VirtAddr.new(word(given[field])), api.Size2MiB),
      );
      const range = Page.range(from!, to!).as4KiBPageRange();
      expect("r", () => [text(range.start.startAddress), text(range.end.startAddress)]);
      return expect("len", () => text(rustLength(range, false)));
    }
    case "pt_index":
      expect("new", () => PageTableIndex.new(given.v as number));
      return expect("trunc", () => PageTableIndex.newTruncate(given.v as number));
    case "page_offset":
      expect("new", () => PageOffset.new(given.v as number));
      return expect("trunc", () => PageOffset.newTruncate(given.v as number));
    case "pt_index_step":
      expect("fwd", () => PageTableIndex.forwardChecked(given.v as number, word(given.n)) ?? null);
      return expect("bwd", () => PageTableIndex.backwardChecked(given.v as number, word(given.n)) ?? null);
    default:
      throw new Error(`unknown kind of case: ${String(given.k)}`);
  }
}

export function sizeNamed(api: Api, name: unknown): PageSize {
  return name === "1GiB" ? api.Size1GiB : name === "2MiB" ? api.Size2MiB : api.Size4KiB;
}

interface Unit {
  readonly startAddress: number;
  readonly size: PageSize;
}
interface UnitRange extends Iterable<Unit> {
  readonly start: Unit & { add(count: number): Unit; sub(count: number): Unit };
  readonly end: Unit & { sub(count: number): Unit };
  readonly length: number;
  readonly byteLength: number;
  readonly isEmpty: boolean;
}

/** Rust's `len`: the difference as u64s, so that the gap counts too. */
function rustLength(range: UnitRange | PageRange | PageRangeInclusive, inclusive: boolean): bigint {
  const [from, to] = [range.start, range.end].map((unit) => BigInt.asUintN(64, BigInt(unit.startAddress)));
  if (from! > to! || (from === to && !inclusive)) return 0n;
  return (to! - from!) / BigInt(range.start.size.bytes) + (inclusive ? 1n : 0n);
}

/**
 * Our ranges: the recorded items come in the same order; where Rust panics at the gap or at the last frame, ours go on to
 * their end; a loop does not eat the range, and the gap has no pages.
 */
function ourRange(given: Case, range: UnitRange, inclusive: boolean): void {
  const expect = (field: string, run: () => unknown): void => expectOutcome(field, given[field], run);
  expect("empty", () => range.isEmpty);
  const recordedFirst = given.first as string[];
  const recordedCount = given.count as number;
  const items: string[] = [];
  for (const unit of range) {
    items.push(text(unit.startAddress));
    if (items.length === CAP) break;
  }
  const gap = 2n ** 64n - 2n ** 48n;
  const crosses = range.start.startAddress >= 0 && range.end.startAddress < 0;
  const length = rustLength(range, inclusive) - (crosses ? gap / BigInt(range.start.size.bytes) : 0n);
  expectOutcome("length", text(length), () => text(range.length));
  expectOutcome("byteLength", text(length * BigInt(range.start.size.bytes)), () => text(range.byteLength));
  expectOutcome("items", Number(length < BigInt(CAP) ? length : BigInt(CAP)), () => items.length);
  expectOutcome("first", recordedFirst, () => items.slice(0, Math.min(4, recordedCount)));
  if (!isPanic(given.stop))
    expectOutcome("last", given.last, () => items.slice(Math.max(0, recordedCount - 2), recordedCount));
}

/** Rust's ranges, with what Rust's iterator does: it eats the range, and panics where `start + 1` does. */
function rustRange(given: Case, range: UnitRange, inclusive: boolean): void {
  const expect = (field: string, run: () => unknown): void => expectOutcome(field, given[field], run);
  const order = (unit: Unit): bigint => BigInt.asUintN(64, BigInt(unit.startAddress));
  let { start, end }: { start: Unit; end: Unit } = range;
  const lastPage = 2n ** 64n - BigInt(range.start.size.bytes);
  const isPage = String(given.k).startsWith("page");
  const next = (): Unit | undefined => {
    if (inclusive ? order(start) > order(end) : order(start) >= order(end)) return undefined;
    const unit = start;
    if (inclusive && isPage && order(start) === lastPage) end = (end as UnitRange["end"]).sub(1);
    else start = (start as UnitRange["start"]).add(1);
    return unit;
  };

  const length = rustLength(range, inclusive);
  expect("empty", () => length === 0n);
  expect("len", () => text(length));
  expect("size", () => {
    const size = length * BigInt(range.start.size.bytes);
    if (size >= 2n ** 64n) throw new Error("attempt to multiply with overflow");
    return text(size);
  });
  const items: string[] = [];
  const stop = outcome(() => {
    for (let unit = next(); unit !== undefined; unit = next()) {
      items.push(text(unit.startAddress));
      if (items.length === CAP) return "cap";
    }
    return "done";
  });
  expect("stop", () => {
    if (isPanic(stop)) throw new Error(stop.panic);
    return stop;
  });
  expect("count", () => items.length);
  expect("first", () => items.slice(0, 4));
  expect("last", () => items.slice(-2));
  expect("after", () => [text(start.startAddress), text(end.startAddress)]);
}
