import { LinearMemory, NULL, type Ptr } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import { GlobalAlloc, Layout } from "../src/index.ts";
import { globalAllocLaws } from "../src/testing.ts";

const HEAP = 32768;

/** As slow and plain as an allocator can be: a list of the blocks in use, kept outside of the memory. */
class Plain extends GlobalAlloc {
  readonly memory: LinearMemory = new LinearMemory(new ArrayBuffer(HEAP + 64));
  protected readonly used: { at: Ptr; size: number }[] = [];

  alloc({ size, align }: Layout): Ptr {
    for (let at = Math.max(align, 8); at + size <= HEAP;) {
      const over = this.used.find((block) => at < block.at + block.size && block.at < at + size);
      if (over === undefined) {
        this.used.push({ at, size });
        return at;
      }
      at = Math.ceil((over.at + over.size) / align) * align;
    }
    return NULL;
  }

  dealloc(at: Ptr): void {
    this.used.splice(
      this.used.findIndex((block) => block.at === at),
      1,
    );
  }
}

/** Allocators that break one law each. */
const broken: Record<string, new () => GlobalAlloc> = {
  "blocks are aligned": class extends Plain {
    override alloc(layout: Layout): Ptr {
      const at = super.alloc(layout);
      return at === NULL ? at : at + 4;
    }
  },
  "freeing everything": class extends Plain {
    override dealloc(at: Ptr): void {
      if (at % 64 !== 0) super.dealloc(at);
    }
  },
  "a request that fails": class extends Plain {
    override alloc(layout: Layout): Ptr {
      const at = super.alloc(layout);
      if (at === NULL) this.memory.writeU32(0, this.memory.readU32(0) + 1);
      return at;
    }
  },
  "allocZeroed gives zeros": class extends Plain {
    override allocZeroed(layout: Layout): Ptr {
      return this.alloc(layout);
    }
  },
  "realloc keeps": class extends Plain {
    override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
      this.dealloc(at);
      const to = this.alloc(Layout.fromSizeAlign(newSize, layout.align));
      if (to !== NULL) this.memory.fill(to, 0, 1);
      return to;
    }
  },
  "a realloc that fails": class extends Plain {
    override realloc(at: Ptr, layout: Layout, newSize: number): Ptr {
      const to = super.realloc(at, layout, newSize);
      if (to === NULL) this.memory.writeU8(at, 0xff);
      return to;
    }
  },
  "the same calls": class extends Plain {
    override alloc(layout: Layout): Ptr {
      const at = super.alloc(layout);
      if (at === NULL || Math.random() < 0.9) return at;
      const other = super.alloc(layout);
      if (other === NULL) return at;
      super.dealloc(at);
      return other;
    }
  },
};

describe("globalAllocLaws", () => {
  for (const law of globalAllocLaws(() => new Plain(), { steps: 600 }))
    it(`holds for a plain allocator: ${law.name}`, law.run);

  for (const [name, Broken] of Object.entries(broken))
    it(`finds what breaks: ${name}`, () => {
      const law = globalAllocLaws(() => new Broken(), { steps: 600, seed: 7 }).find((each) =>
        each.name.startsWith(name),
      );
      expect(() => law!.run()).toThrow(/seed 7/);
    });

  it("leaves laws out for a reason only", () => {
    const all = globalAllocLaws(() => new Plain());
    const some = globalAllocLaws(() => new Plain(), { except: { "freeing everything": "it never gives back" } });
    expect(all.length - some.length).toBe(1);
  });
});
