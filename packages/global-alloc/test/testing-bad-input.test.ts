import { LinearMemory, NULL, type Ptr } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { GlobalAlloc, Layout, LayoutError } from "../src/index.ts";
import { globalAllocRefusals } from "../src/testing.ts";

/** Judges everything: it has one size of blocks, and knows which are in use. */
class Careful extends GlobalAlloc {
  readonly memory: LinearMemory = new LinearMemory(new ArrayBuffer(1024));
  private readonly used = new Set<Ptr>();

  alloc(layout: Layout): Ptr {
    if (Layout.new(layout).size > 64) return NULL;
    const at = 64 * (1 + this.used.size);
    this.used.add(at);
    return at;
  }

  dealloc(at: Ptr, layout: Layout): void {
    if (Layout.new(layout).size > 64 || !this.used.delete(at)) throw new LayoutError("layout/size", at);
  }

  override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
    if (Layout.new(layout).size > 64 || !this.used.has(at)) throw new LayoutError("layout/size", at);
    return super.realloc(at, layout, newSize);
  }
}

/** What a careless allocator makes of a string or a bigint. */
function numberOf(value: unknown): number {
  return Number(value);
}

const careless: Record<string, new () => GlobalAlloc> = {
  "alloc and allocZeroed": class extends Careful {
    override alloc(layout: Layout): Ptr {
      return layout.size === 64 ? super.alloc(layout) : super.alloc(Layout.fromSizeAlign(numberOf(layout.size), 8));
    }
  },
  "dealloc refuses": class extends Careful {
    override dealloc(at: Ptr, layout: Layout): void {
      super.dealloc(numberOf(at), layout);
    }
  },
  "realloc refuses what is no layout": class extends Careful {
    override realloc(at: Ptr, layout: Layout): Ptr {
      return layout.size === 64 ? super.realloc(at, layout, 64) : at;
    }
  },
  "realloc refuses what is no address": class extends Careful {
    override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
      this.memory.writeU32(0, this.memory.readU32(0) + 1);
      return super.realloc(at, layout, newSize);
    }
  },
};

describe("globalAllocRefusals", () => {
  for (const law of globalAllocRefusals(() => new Careful()))
    it(`holds for an allocator that judges everything: ${law.name}`, law.run);

  for (const [name, Design] of Object.entries(careless))
    it(`finds one that does not keep: ${name}`, () => {
      const [law] = globalAllocRefusals(() => new Design()).filter((each) => each.name.startsWith(name));
      expect(law!.run).toThrow(/expected an error of kmem|expected no change/);
    });

  it("leaves out what lies outside of the range", () => {
    const [, , , law] = globalAllocRefusals(() => new careless["realloc refuses what is no address"]!(), {
      range: { start: 4, length: 1020 },
    });
    expect(law!.run).not.toThrow();
  });
});
