import { LinearMemory } from "@kmem/memory";
import type { FlagWord, Level, Page, PageSize, PhysFrame } from "../../src/index.ts";
import { sizeNamed } from "./page.ts";
import { expectOutcome, text, word, type Api, type Case } from "./words.ts";

/** Replays a case of suite `flags`. */
export function replayFlags(api: Api, given: Case): void {
  const { PageTableFlags } = api;
  const expect = (field: string, run: () => unknown): void => expectOutcome(field, given[field], run);
  const bitsOf = (flags: FlagWord | undefined): string | null =>
    flags === undefined ? null : text(PageTableFlags.toBits(flags));

  switch (given.k) {
    case "const":
      return expect("bits", () => bitsOf(PageTableFlags.constants().find(([name]) => name === given.name)?.[1]));
    case "const_all":
      return expect("bits", () => bitsOf(PageTableFlags.all()));
    case "const_empty":
      return expect("bits", () => bitsOf(PageTableFlags.empty()));
    case "from_name":
      return expect("r", () => bitsOf(PageTableFlags.fromName(given.name as string)));
    case "flags": {
      const bits = word(given.bits);
      const flags = PageTableFlags.fromBitsRetain(bits);
      expect("from_bits", () => bitsOf(PageTableFlags.fromBits(bits)));
      expect("truncate", () => bitsOf(PageTableFlags.fromBitsTruncate(bits)));
      expect("names", () => PageTableFlags.names(flags));
      expect("is_empty", () => PageTableFlags.isEmpty(flags));
      expect("is_all", () => PageTableFlags.isAll(flags));
      expect("not", () => bitsOf(PageTableFlags.complement(flags)));
      return expect("dbg", () => PageTableFlags.toString(flags));
    }
    case "flags_ops": {
      const [a, b] = [word(given.a), word(given.b)].map((bits) => PageTableFlags.fromBitsRetain(bits)) as [
        FlagWord,
        FlagWord,
      ];
      expect("contains", () => PageTableFlags.contains(a, b));
      expect("intersects", () => PageTableFlags.intersects(a, b));
      for (const field of ["or", "set_true"]) expect(field, () => bitsOf(PageTableFlags.union(a, b)));
      expect("and", () => bitsOf(PageTableFlags.intersection(a, b)));
      for (const field of ["sub", "set_false"]) expect(field, () => bitsOf(PageTableFlags.difference(a, b)));
      for (const field of ["xor", "toggle"]) expect(field, () => bitsOf(PageTableFlags.symmetricDifference(a, b)));
      return expect("cmp", () => PageTableFlags.compare(a, b));
    }
    case "entry":
    case "entry_set":
      return replayEntry(api, given);
    case "table_index": {
      const table = new api.PageTable(new LinearMemory(new ArrayBuffer(4096)), 0);
      return expect("r", () => text(table.entry(given.i as number).bits));
    }
    case "debug":
      return expect("s", () => debugText(api, given.type as string, given.args as unknown[]));
    case "display":
      return expect("s", () => displayText(api, given.type as string, given.args as unknown[]));
    case "fmt": {
      const address = given.type === "VirtAddr" ? api.VirtAddr.new(word(given.a)) : api.PhysAddr.new(word(given.a));
      return expect("s", () => api.formatAddress(address, given.spec as string));
    }
    default:
      throw new Error(`unknown kind of case: ${String(given.k)}`);
  }
}

function replayEntry(api: Api, given: Case): void {
  const { PageTableFlags, PhysAddr, PhysFrame } = api;
  const expect = (field: string, run: () => unknown): void => expectOutcome(field, given[field], run);
  const entry = new api.PageTableEntry(new LinearMemory(new ArrayBuffer(8)), 0);
  if (given.k === "entry") {
    entry.bits = word(given.raw);
    expect("addr", () => text(entry.addr()));
    expect("flags", () => text(PageTableFlags.toBits(entry.flags())));
    expect("unused", () => entry.isUnused());
    expect("frame", () => {
      try {
        return text(entry.frame().startAddress);
      } catch (error) {
        if (error instanceof api.FrameError) return { err: error.variant };
        throw error;
      }
    });
    return expect("dbg", () => entry.toString());
  }
  const address = PhysAddr.new(word(given.addr));
  const flags = PageTableFlags.fromBitsRetain(word(given.flags));
  const after = (change: () => void): string => {
    entry.bits = word(given.old);
    change();
    return text(entry.bits);
  };
  expect("set_addr", () => after(() => entry.setAddr(address, flags)));
  if (given.set_frame !== null)
    expect("set_frame", () => after(() => entry.setFrame(PhysFrame.fromStartAddress(address), flags)));
  return expect("set_flags", () => after(() => entry.setFlags(flags)));
}

/** Rust's `{:?}` of a value that is described by a type's name and arguments. */
function debugText(api: Api, type: string, args: unknown[]): string {
  const page = (size: unknown, at: unknown): Page<PageSize> =>
    api.Page.fromStartAddress(api.VirtAddr.new(word(at)), sizeNamed(api, size));
  const frame = (size: unknown, at: unknown): PhysFrame<PageSize> =>
    api.PhysFrame.fromStartAddress(Number(word(at)), sizeNamed(api, size));
  const [first, second, third] = args;
  switch (type) {
    case "VirtAddr":
      return api.VirtAddr.toString(api.VirtAddr.new(word(first)));
    case "PhysAddr":
      return api.PhysAddr.toString(api.PhysAddr.new(word(first)));
    case "VirtAddrNotValid":
      return rustMessage(() => api.VirtAddr.new(word(first)));
    case "PhysAddrNotValid":
      return rustMessage(() => api.PhysAddr.new(word(first)));
    case "Page":
      return page(first, second).toString();
    case "PhysFrame":
      return frame(first, second).toString();
    case "MapperFlush":
      return new api.MapperFlush(page(first, second), { pendingFlushes: 0 }).toString();
    case "MapperFlushAll":
      return new api.MapperFlushAll({ pendingFlushes: 0 }).toString();
    case "MappedFrame":
      return api.debugMappedFrame(frame(first, second));
    case "PageRange":
      return api.Page.range(page(first, second), page(first, third)).toString();
    case "PageRangeInclusive":
      return api.Page.rangeInclusive(page(first, second), page(first, third)).toString();
    case "PhysFrameRange":
      return api.PhysFrame.range(frame(first, second), frame(first, third)).toString();
    case "PhysFrameRangeInclusive":
      return api.PhysFrame.rangeInclusive(frame(first, second), frame(first, third)).toString();
    case "PageTableIndex":
    case "PageOffset":
      return `${type}(${api[type].new(first as number)})`;
    case "PageTableLevel":
      return api.PageTableLevel.toString(first as Level);
    case "TranslateResult":
      return translateResultText(api, args);
    default:
      return errorNamed(api, type, args).debug;
  }
}

function displayText(api: Api, type: string, args: unknown[]): string {
  return errorNamed(api, type, args).display;
}

function translateResultText(api: Api, [kind, ...args]: unknown[]): string {
  if (kind === "NotMapped") return api.debugTranslateResult({ kind: "not-mapped" });
  if (kind === "InvalidFrameAddress")
    return api.debugTranslateResult({ kind: "invalid-frame-address", address: api.PhysAddr.new(word(args[0])) });
  const [size, start, offset, flags] = args;
  return api.debugTranslateResult({
    kind: "mapped",
    frame: api.PhysFrame.fromStartAddress(Number(word(start)), sizeNamed(api, size)),
    offset: Number(word(offset)),
    flags: api.PageTableFlags.fromBitsRetain(word(flags)),
  });
}

interface RustError {
  readonly debug: string;
  readonly display: string;
}

function errorNamed(api: Api, type: string, args: unknown[]): RustError {
  const code = (variant: unknown): never =>
    `map/${String(variant)
      .replace(/(?<!^)([A-Z])/g, "-$1")
      .toLowerCase()}` as never;
  const address = (value: unknown) => (value === undefined ? undefined : api.PhysAddr.new(word(value)));
  switch (type) {
    case "AddressNotAligned":
      try {
        api.PhysFrame.fromStartAddress(1);
      } catch (error) {
        return error as RustError;
      }
      throw new Error("a misaligned frame was accepted");
    case "FrameError":
      return new api.FrameError(args[0] === "HugeFrame" ? "frame/huge-frame" : "frame/not-present", api.PhysAddr.ZERO);
    case "InvalidPageTable":
      return new api.InvalidPageTable(args[0] === "NotActive" ? "page-table/not-active" : "page-table/not-recursive");
    case "FlagUpdateError":
      return new api.FlagUpdateError(code(args[0]));
    case "UnmapError":
      return new api.UnmapError(code(args[0]), address(args[1]));
    case "TranslateError":
      return new api.TranslateError(code(args[0]), address(args[1]));
    case "MapToError": {
      const frame =
        args[2] === undefined
          ? undefined
          : api.PhysFrame.fromStartAddress(Number(word(args[2])), sizeNamed(api, args[0]));
      return new api.MapToError(code(args[1]), frame);
    }
    default:
      throw new Error(`unknown type: ${type}`);
  }
}

function rustMessage(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as RustError).debug;
  }
  throw new Error("the address was accepted");
}
