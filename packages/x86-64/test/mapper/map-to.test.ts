import { LinearMemory } from "@kmem/memory";
import { describe, expect, it } from "vitest";
import {
  MapperPanic,
  MapToError,
  OffsetPageTable,
  Page,
  PageTable,
  PhysFrame,
  Size1GiB,
  Size2MiB,
  VirtAddr,
} from "../../src/index.ts";
import { DATA, GLOBAL, HUGE_PAGE, NO_EXECUTE, PRESENT, ROOT, Tables, USER_ACCESSIBLE, WRITABLE } from "../setup.ts";

const page = Page.containingAddress(0x4444_4444_0000);
const frame = PhysFrame.containingAddress(0xb_8000);

describe("mapTo", () => {
  it("makes the tables that are missing, with the flags that a parent inherits", () => {
    const { mapper, frames, memory } = new Tables();
    mapper.mapTo(page, frame, PRESENT | WRITABLE | USER_ACCESSIBLE | GLOBAL | NO_EXECUTE, frames).ignore();
    expect(memory.readU64(ROOT + 8 * 0x88)).toBe(0x2007n);
    expect(memory.readU64(0x2000 + 8 * 0x111)).toBe(0x3007n);
    expect(memory.readU64(0x3000 + 8 * 0x22)).toBe(0x4007n);
    expect(memory.readU64(0x4000 + 8 * 0x40)).toBe(0x8000_0000_000b_8107n);
    expect(frames.taken.size).toBe(3);
  });

  it("empties a table's frame, whatever it held", () => {
    const { mapper, frames, memory } = new Tables();
    memory.fill(0x2000, 0xff, 0x3000);
    mapper.mapTo(page, frame, DATA, frames).ignore();
    expect(memory.readU64(0x4000 + 8 * 0x41)).toBe(0n);
    expect(mapper.translateAddr(VirtAddr.new(0x4444_4444_1000))).toBeUndefined();
  });

  it("adds the flags that a parent lacks, and takes none away", () => {
    const { mapper, frames, root } = new Tables();
    mapper.mapTo(page, frame, PRESENT | USER_ACCESSIBLE, frames).ignore();
    expect(root.entry(0x88).bits).toBe(0x2005n);
    mapper.mapTo(page.add(1), frame, DATA, frames).ignore();
    expect(root.entry(0x88).bits).toBe(0x2007n);
    mapper.mapToWithTableFlags(page.add(2), frame, DATA, PRESENT | NO_EXECUTE, frames).ignore();
    expect(root.entry(0x88).bits).toBe(0x8000_0000_0000_2007n);
  });

  it("refuses a page that is mapped, and names both frames", () => {
    const { mapper, frames } = new Tables();
    mapper.mapTo(page, frame, DATA, frames).ignore();
    const other = PhysFrame.containingAddress(0x7000);
    let caught: unknown;
    try {
      mapper.mapTo(page, other, DATA, frames);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(MapToError);
    expect(caught).toMatchObject({ code: "map/page-already-mapped", requested: other, existing: 0xb_8000 });
    expect((caught as MapToError).debug).toBe("PageAlreadyMapped(PhysFrame[4KiB](0x7000))");
    expect((caught as MapToError).message).toContain("0xb8000");
  });

  it("refuses below a huge page, and without frames for tables", () => {
    const { mapper, frames } = new Tables(0x10_0000, 2);
    mapper.mapTo(Page.containingAddress(0, Size1GiB), PhysFrame.containingAddress(0, Size1GiB), DATA, frames).ignore();
    expect(() => mapper.mapTo(Page.containingAddress(0x1000), frame, DATA, frames)).toThrow(
      expect.objectContaining({ code: "map/parent-entry-huge-page" }),
    );
    expect(() => mapper.mapTo(page, frame, DATA, frames)).toThrow(
      expect.objectContaining({ code: "map/frame-allocation-failed" }),
    );
  });

  it("maps in a table that it has used before, also after somebody else has changed the way there", () => {
    const { mapper, frames, memory, root } = new Tables();
    mapper.mapTo(page, frame, DATA, frames).ignore();
    // Another table takes the place of the one of level 1.
    memory.writeU64(0x3000 + 8 * 0x22, 0x9003n);
    mapper.mapTo(page.add(1), frame, DATA, frames).ignore();
    expect(memory.readU64(0x9000 + 8 * 0x41)).toBe(0xb_8003n);
    expect(memory.readU64(0x4000 + 8 * 0x41)).toBe(0n);
    // A flag that mapping demands is taken away from level 4.
    root.entry(0x88).setFlags(PRESENT);
    mapper.mapTo(page.add(2), frame, DATA, frames).ignore();
    expect(root.entry(0x88).bits).toBe(0x2003n);
    // And then the way ends.
    root.entry(0x88).setUnused();
    mapper.mapTo(page.add(3), frame, DATA, frames).ignore();
    expect(mapper.translatePage(page.add(3)).startAddress).toBe(0xb_8000);
    expect(memory.readU64(0x9000 + 8 * 0x43)).toBe(0n);
  });

  it("goes on in a memory that has grown", () => {
    const wasm = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const memory = new LinearMemory(wasm);
    const mapper = new OffsetPageTable(new PageTable(memory, ROOT), 0);
    let next = ROOT;
    const frames = { allocateFrame: () => PhysFrame.fromStartAddress((next += 0x1000)) };
    mapper.mapTo(page, frame, DATA, frames).ignore();
    expect(mapper.translateAddr(page.startAddress)).toBe(0xb_8000);
    wasm.grow(1);
    expect(mapper.translateAddr(page.startAddress)).toBe(0xb_8000);
    mapper.mapTo(page.add(1), frame, DATA, frames).ignore();
    expect(memory.readU64(0x4000 + 8 * 0x41)).toBe(0xb_8003n);
    next = 0x1_0000;
    mapper.mapTo(Page.containingAddress(0), frame, DATA, frames).ignore();
    expect(mapper.unmap(Page.containingAddress(0)).frame).toEqual(frame);
    wasm.grow(1);
    mapper.unmap(page).flush.ignore();
    expect(memory.readU64(0x4000 + 8 * 0x40)).toBe(0n);
    expect(mapper.pendingFlushes).toBe(1);
  });

  it("sets HUGE_PAGE for large pages itself, and panics on it for small ones", () => {
    const { mapper, frames, memory } = new Tables();
    mapper.mapTo(Page.containingAddress(0, Size2MiB), PhysFrame.containingAddress(0, Size2MiB), DATA, frames).ignore();
    expect(memory.readU64(0x3000)).toBe(0x83n);
    expect(() => mapper.mapTo(page, frame, DATA | HUGE_PAGE, frames)).toThrow(MapperPanic);
  });

  it("identityMap maps the page with the frame's address", () => {
    const { mapper, frames } = new Tables();
    mapper.identityMap(frame, DATA, frames).ignore();
    expect(mapper.translateAddr(VirtAddr.new(0xb_8123))).toBe(0xb_8123);
    expect(() => mapper.identityMap(PhysFrame.containingAddress(2 ** 47), DATA, frames)).toThrow(
      expect.objectContaining({ code: "address/not-canonical" }),
    );
  });
});
