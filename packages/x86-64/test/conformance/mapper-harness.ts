/** The recordings' operations on a mapper, and their allocator. */
import type { LinearMemory } from "@kmem/memory";
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
import { text, word, type Api } from "./words.ts";

export type Op = readonly [name: string, ...rest: unknown[]];
export type TestMapper = MapperAllSizes & Translate & CleanUp;

/** The recordings' allocator: a bump allocator of frames, with a stack of freed ones if `reuse`. */
export class RecordedAllocator implements FrameAllocator, FrameDeallocator {
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

/** Performs the operations. */
export class Harness {
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
