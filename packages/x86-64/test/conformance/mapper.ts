import { LinearMemory } from "@kmem/memory";
import { Mismatch } from "../../../../config/conformance.ts";
import type {
  CleanUp,
  FlagWord,
  FrameAllocator,
  FrameDeallocator,
  MapperAllSizes,
  Page,
  PageSize,
  PhysFrame,
  Translate,
} from "../../src/index.ts";
import { sizeNamed } from "./page.ts";
import { isPanic, text, word, type Api, type Case } from "./words.ts";

/** Bytes of the recorded machine's memory. */
const MEMORY = 32 * 1024 * 1024;
const FRAMES = MEMORY / 4096;

type Op = readonly [name: string, ...rest: unknown[]];
type TestMapper = MapperAllSizes & Translate & CleanUp;

/** The recordings' allocator: a bump allocator of frames, with a stack of freed ones if `reuse`. */
class RecordedAllocator implements FrameAllocator, FrameDeallocator {
  readonly allocated: string[] = [];
  readonly deallocated: string[] = [];
  budget: number | null;
  private next: number;
  private readonly step: number;
  private readonly reuse: boolean;
  private readonly freed: PhysFrame[] = [];
  private readonly api: Api;

  constructor(
    api: Api,
    { start, count, step, reuse }: { start: string; count: number | null; step: number; reuse: boolean },
  ) {
    this.api = api;
    this.next = Number(word(start));
    this.budget = count;
    this.step = step;
    this.reuse = reuse;
  }

  allocateFrame(): PhysFrame | undefined {
    let frame = this.reuse ? this.freed.pop() : undefined;
    if (frame === undefined) {
      if (this.budget === 0) return undefined;
      frame = this.api.PhysFrame.fromStartAddress(this.next);
      this.next += this.step * 4096;
      if (this.budget !== null) this.budget--;
    }
    this.allocated.push(text(frame.startAddress));
    return frame;
  }

  deallocateFrame(frame: PhysFrame): void {
    this.deallocated.push(text(frame.startAddress));
    if (this.reuse) this.freed.push(frame);
  }
}

const bytes = new BigUint64Array(MEMORY / 8);

/** Replays a case of suite `mapper` on both mappers that need no translation. */
export function replayMapper(api: Api, given: Case): void {
  const { OffsetPageTable, MappedPageTable, PageTable } = api;
  const p4 = Number(word(given.p4));
  replayOn(
    api,
    given,
    (at) => at,
    (memory) => new OffsetPageTable(new PageTable(memory, p4), 0),
  );
  // The same frames in reverse order: nothing may rely on where they lie.
  const reversed = (at: number): number => (FRAMES - 1 - Math.floor(at / 4096)) * 4096 + (at % 4096);
  replayOn(api, given, reversed, (memory) => new MappedPageTable(new PageTable(memory, reversed(p4)), reversed));
}

function replayOn(
  api: Api,
  given: Case,
  place: (at: number) => number,
  make: (memory: LinearMemory) => TestMapper,
): void {
  const memory = new LinearMemory(bytes.buffer);
  const p4 = Number(word(given.p4));
  bytes.fill(word(given.fill));
  bytes.fill(0n, place(p4) / 8, place(p4) / 8 + 512);
  const allocator = new RecordedAllocator(api, given.alloc as ConstructorParameters<typeof RecordedAllocator>[1]);
  const harness = new Harness(api, memory, place, make(memory), allocator);
  (given.ops as Op[]).forEach((op, i) => {
    const expected = op[op.length - 1];
    const actual = harness.perform(op.slice(0, -1) as unknown as Op);
    const same = isPanic(expected) ? isPanic(actual) : JSON.stringify(actual) === JSON.stringify(expected);
    if (!same) throw new Mismatch(`op ${i} ${JSON.stringify(op.slice(0, -1))}`, expected, actual);
  });
  expectSame("allocated", given.allocated, allocator.allocated);
  expectSame("deallocated", given.deallocated, allocator.deallocated);
  const frames = new Set([p4, ...allocator.allocated.map(Number), ...harness.poked]);
  const final = [...frames]
    .sort((a, b) => a - b)
    .flatMap((frame) =>
      Array.from({ length: 512 }, (_, i) => [text(frame), i, bytes[place(frame) / 8 + i]!] as const)
        .filter(([, , value]) => value !== 0n)
        .map(([at, i, value]) => [at, i, text(value)]),
    );
  expectSame("final", given.final, final);
}

function expectSame(what: string, expected: unknown, actual: unknown): void {
  if (JSON.stringify(expected) !== JSON.stringify(actual)) throw new Mismatch(what, expected, actual);
}

class Harness {
  readonly poked = new Set<number>();
  private readonly api: Api;
  private readonly memory: LinearMemory;
  private readonly place: (at: number) => number;
  private readonly mapper: TestMapper;
  private readonly allocator: RecordedAllocator;

  constructor(
    api: Api,
    memory: LinearMemory,
    place: (at: number) => number,
    mapper: TestMapper,
    allocator: RecordedAllocator,
  ) {
    this.api = api;
    this.memory = memory;
    this.place = place;
    this.mapper = mapper;
    this.allocator = allocator;
  }

  /** The operation's result as the recordings write it. */
  perform(op: Op): unknown {
    try {
      return this.run(op) ?? null;
    } catch (error) {
      if (!(error instanceof this.api.MapperError))
        return { panic: error instanceof Error ? error.message : String(error) };
      const { requested, address } = error as { requested?: PhysFrame; address?: number };
      return {
        err: error.variant,
        ...(requested === undefined ? {} : { frame: text(requested.startAddress) }),
        ...(address === undefined ? {} : { addr: text(address) }),
      };
    }
  }

  private run([name, ...args]: Op): unknown {
    const { mapper, allocator, api } = this;
    switch (name) {
      case "map_to":
        mapper.mapTo(this.page(args, 1), this.frame(args, 2), this.flags(args[3]), allocator).ignore();
        return "ok";
      case "map_to_with_table_flags":
        mapper
          .mapToWithTableFlags(
            this.page(args, 1),
            this.frame(args, 2),
            this.flags(args[3]),
            this.flags(args[4]),
            allocator,
          )
          .ignore();
        return "ok";
      case "identity_map":
        mapper.identityMap(this.frame(args, 1), this.flags(args[2]), allocator).ignore();
        return "ok";
      case "unmap": {
        const { frame, flush } = mapper.unmap(this.page(args, 1));
        flush.ignore();
        return text(frame.startAddress);
      }
      case "update_flags":
        mapper.updateFlags(this.page(args, 1), this.flags(args[2])).ignore();
        return "ok";
      case "set_flags_p4_entry":
        mapper.setFlagsP4Entry(this.page(args, 1), this.flags(args[2])).ignore();
        return "ok";
      case "set_flags_p3_entry":
        mapper.setFlagsP3Entry(this.page(args, 1), this.flags(args[2])).ignore();
        return "ok";
      case "set_flags_p2_entry":
        mapper.setFlagsP2Entry(this.page(args, 1), this.flags(args[2])).ignore();
        return "ok";
      case "translate_page":
        return text(mapper.translatePage(this.page(args, 1)).startAddress);
      case "translate_addr": {
        const found = mapper.translateAddr(api.VirtAddr.new(word(args[0])));
        return found === undefined ? null : text(found);
      }
      case "translate": {
        const found = mapper.translate(api.VirtAddr.new(word(args[0])));
        if (found.kind === "not-mapped") return "NotMapped";
        const { frame, offset, flags } = found;
        const bits = text(api.PageTableFlags.toBits(flags));
        return { size: frame.size.name, frame: text(frame.startAddress), offset: text(offset), flags: bits };
      }
      case "clean_up":
        return this.freedBy(() => mapper.cleanUp(allocator));
      case "clean_up_addr_range": {
        const [first, last] = args.map((at) => api.Page.containingAddress(api.VirtAddr.new(word(at))));
        return this.freedBy(() => mapper.cleanUpAddrRange(api.Page.rangeInclusive(first!, last!), allocator));
      }
      case "budget":
        allocator.budget = args[0] as number | null;
        return null;
      case "alloc_frame": {
        const frame = allocator.allocateFrame();
        return frame === undefined ? null : text(frame.startAddress);
      }
      case "poke":
        this.poked.add(Number(word(args[0])));
        this.memory.writeU64(this.place(Number(word(args[0]))) + 8 * (args[1] as number), word(args[2]));
        return null;
      case "peek":
        return text(this.memory.readU64(this.place(Number(word(args[0]))) + 8 * (args[1] as number)));
      default:
        throw new Error(`unknown operation: ${name}`);
    }
  }

  private freedBy(run: () => void): string[] {
    const before = this.allocator.deallocated.length;
    run();
    return this.allocator.deallocated.slice(before);
  }

  private page(args: readonly unknown[], i: number): Page {
    const page: Page<PageSize> = this.api.Page.fromStartAddress(
      this.api.VirtAddr.new(word(args[i])),
      sizeNamed(this.api, args[0]),
    );
    // The size is known only at run time.
    return page as Page;
  }

  private frame(args: readonly unknown[], i: number): PhysFrame {
    const frame: PhysFrame<PageSize> = this.api.PhysFrame.fromStartAddress(
      Number(word(args[i])),
      sizeNamed(this.api, args[0]),
    );
    return frame as PhysFrame;
  }

  private flags(bits: unknown): FlagWord {
    return this.api.PageTableFlags.fromBitsRetain(word(bits));
  }
}
