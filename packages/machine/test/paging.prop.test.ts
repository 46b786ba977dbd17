/** Whatever is mapped and unmapped, tables, mapper and MMU agree with a model; and every table's frame comes back. */
import { KmemError } from "@kmem/memory";
import { MapToError, Page, PhysFrame, Size1GiB, Size2MiB, Size4KiB, UnmapError, type PageSize } from "@kmem/x86-64";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { READ, WRITE } from "../src/index.ts";
import { addressAt, ARENA, ARENA_SIZE, end, GIB, KINDS, Model, PRESENT, RAM, Subject, TABLE } from "./paging-model.ts";

const size = fc.constantFrom<PageSize>(Size4KiB, Size4KiB, Size2MiB, Size1GiB);
/** Positions at the edges of the arena, of its large pages, and of the gap between the halves. */
const position = fc
  .tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1, 510, 511), fc.constantFrom(0, 1, 2, 510, 511))
  .map(([huge, large, small]) => ARENA + huge * GIB + large * Size2MiB.bytes + small * 4096);
/** Numbers of pages of 4 KiB. */
const count = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(511, 512, 513, 1024, 1536, 512 * 512));
const target = fc.constantFrom(0, 0x1000, 0x20_0000, 0x1_0000_0000, 0x1_4000_0000, 0x1_4020_1000);
const writable = fc.boolean();
const command = fc.oneof(
  fc.record({ kind: fc.constant("map" as const), position, size, target, writable }),
  fc.record({ kind: fc.constant("unmap" as const), position, size }),
  fc.record({ kind: fc.constant("update" as const), position, size, writable }),
  fc.record({ kind: fc.constant("mapRange" as const), position, count, target, writable, size, isList: fc.boolean() }),
  fc.record({ kind: fc.constant("unmapRange" as const), position, count, allowHoles: fc.boolean() }),
  fc.record({ kind: fc.constant("cleanUp" as const), position, count, everything: fc.boolean() }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** One run: a subject and the model of it. */
class Run {
  readonly model = new Model();
  readonly subject: Subject;
  /** Whether tables may run out. */
  private readonly isScarce: boolean;

  constructor(kind: (typeof KINDS)[number], tables: number) {
    this.subject = new Subject(kind, tables);
    this.isScarce = tables < 40;
  }

  do(command: Command): void {
    switch (command.kind) {
      case "map":
        return this.map(command);
      case "unmap":
        return this.unmap(command);
      case "update":
        return this.update(command);
      case "mapRange":
        return this.mapRange(command);
      case "unmapRange":
        return this.unmapRange(command);
      case "cleanUp":
        return this.cleanUp(command);
    }
  }

  /** Tables, mapper and MMU say what the model says. */
  check(): void {
    const { model, subject } = this;
    expect(subject.leaves()).toEqual(model.leaves);
    expect(subject.mapper.pendingFlushes).toBe(0);
    const edges = model.leaves.flatMap((leaf) => [leaf.position - 1, leaf.position, end(leaf) - 1, end(leaf)]);
    for (const place of [...edges.slice(0, 40), ARENA, ARENA + GIB - 1, ARENA + GIB]) {
      const leaf = model.at(place);
      const physical = leaf && leaf.physical + (place - leaf.position);
      const at = addressAt(place);
      const { mmu } = subject.machine;
      expect(subject.mapper.translateAddr(at)).toBe(physical);
      expect(mmu.check(at, READ)).toBe(leaf !== undefined);
      expect(mmu.check(at, WRITE)).toBe(leaf?.writable === true);
      if (physical === undefined) continue;
      if (physical < RAM) expect(mmu.translate(at, READ)).toBe(physical);
      // The MMU has found the frame, but there is no memory.
      else expect(refusalOf(() => mmu.translate(at, READ))).toMatchObject({ address: physical });
    }
  }

  private map({ position, size, target, writable }: Command & { kind: "map" }): void {
    const { mapper, frames, tlb } = this.subject;
    const page = Page.containingAddress(addressAt(position), size);
    const frame = PhysFrame.containingAddress(target, size);
    const from = position - (position % size.bytes);
    const others = this.model.within(from, from + size.bytes);
    const refusal = refusalOf(() =>
      mapper.mapToWithTableFlags(page, frame, PRESENT | (writable ? TABLE : 0), TABLE, frames).flush(tlb),
    );
    if (refusal === undefined) {
      expect(others).toEqual([]);
      this.model.add({ position: from, size, physical: frame.startAddress, writable });
      return;
    }
    expect(refusal).toBeInstanceOf(MapToError);
    // As the crate: flags are added on the way, before a large page is found where a table should be.
    if (refusal.code === "map/parent-entry-huge-page" && others[0] !== undefined) {
      this.model.remove([others[0]]);
      this.model.add({ ...others[0], writable: true });
    }
    // What is not mapped can be mapped, unless frames run out, or an empty table is where a large page should be.
    if (others.length === 0 && !this.isScarce) {
      expect(size).not.toBe(Size4KiB);
      expect(refusal.code).toBe("map/page-already-mapped");
    }
  }

  private unmap({ position, size }: Command & { kind: "unmap" }): void {
    const { mapper, tlb } = this.subject;
    const from = position - (position % size.bytes);
    const leaf = this.model.exactly(from, size);
    const refusal = refusalOf(() => {
      const { frame, flush } = mapper.unmap(Page.containingAddress(addressAt(from), size));
      expect(frame.startAddress).toBe(leaf?.physical);
      expect(frame.size).toBe(size);
      flush.flush(tlb);
    });
    expect(refusal === undefined).toBe(leaf !== undefined);
    if (leaf !== undefined) this.model.remove([leaf]);
  }

  private update({ position, size, writable }: Command & { kind: "update" }): void {
    const { mapper, tlb } = this.subject;
    const from = position - (position % size.bytes);
    const leaf = this.model.exactly(from, size);
    // As the crate: of a table's entry, a large page's `updateFlags` would make a page.
    if (leaf === undefined && size !== Size4KiB) return;
    const page = Page.containingAddress(addressAt(from), size);
    const refusal = refusalOf(() => mapper.updateFlags(page, PRESENT | (writable ? TABLE : 0)).flush(tlb));
    expect(refusal === undefined).toBe(leaf !== undefined);
    if (leaf === undefined) return;
    this.model.remove([leaf]);
    this.model.add({ ...leaf, writable });
  }

  private mapRange({ position, count, target, writable, size, isList }: Command & { kind: "mapRange" }): void {
    const { mapper, frames, tlb } = this.subject;
    const range = rangeAt(position, count);
    if (range === undefined) return;
    // In small pages alone, a GiB would need more tables than there are.
    const isLarge = size !== Size4KiB && position % Size2MiB.bytes === 0 && target % Size2MiB.bytes === 0;
    if (count > 2048 && !isLarge) return;
    const to = position + count * 4096;
    const others = this.model.within(position, to);
    const before = this.subject.tables();
    const isShort = isList && count <= 2048;
    const first = PhysFrame.containingAddress(target);
    const frameOf = (i: number): number => (isShort ? target + ((i * 7) % count) * 4096 : target + i * 4096);
    const list = Array.from({ length: isShort ? count : 0 }, (_, i) => PhysFrame.containingAddress(frameOf(i)));
    const options = { tableFlags: TABLE, largest: size };
    const flags = PRESENT | (writable ? TABLE : 0);
    const refusal = refusalOf(() => mapper.mapRange(range, isShort ? list : first, flags, frames, options).flush(tlb));
    if (refusal !== undefined) {
      expect(refusal).toBeInstanceOf(MapToError);
      // Tables that were taken back had addresses in a recursive mapping.
      tlb.flushAll();
      if (others.length === 0) expect([this.isScarce, refusal.code]).toEqual([true, "map/frame-allocation-failed"]);
      expect(this.subject.tables()).toEqual(before);
      return;
    }
    expect(others).toEqual([]);
    // The sizes are the mapper's to choose: what counts is that its pages cover the range, with the right frames.
    const made = this.subject.leaves().filter((leaf) => leaf.position >= position && end(leaf) <= to);
    let next = position;
    for (const leaf of made) {
      expect(leaf.position).toBe(next);
      expect(leaf.physical).toBe(frameOf((next - position) / 4096));
      expect(leaf.writable).toBe(writable);
      expect(leaf.size.bytes).toBeLessThanOrEqual(size.bytes);
      next = end(leaf);
    }
    expect(next).toBe(to);
    this.model.add(...made);
  }

  private unmapRange({ position, count, allowHoles }: Command & { kind: "unmapRange" }): void {
    const { mapper, tlb } = this.subject;
    const range = rangeAt(position, count);
    if (range === undefined) return;
    const to = position + count * 4096;
    const leaves = this.model.within(position, to);
    const isWhole = leaves.every((leaf) => leaf.position >= position && end(leaf) <= to);
    const isCovered = leaves.reduce((sum, leaf) => sum + leaf.size.bytes, 0) === count * 4096;
    const before = this.subject.tables();
    const refusal = refusalOf(() => {
      const { frames, flush } = mapper.unmapRange(range, { allowHoles });
      flush.flush(tlb);
      const given = frames.flatMap((run) => [...run].map((frame) => [frame.startAddress, frame.size.bytes]));
      expect(given).toEqual(leaves.map((leaf) => [leaf.physical, leaf.size.bytes]));
    });
    expect(refusal === undefined).toBe(isWhole && (isCovered || allowHoles));
    if (refusal === undefined) this.model.remove(leaves);
    else {
      expect(refusal).toBeInstanceOf(UnmapError);
      expect(this.subject.tables()).toEqual(before);
    }
  }

  private cleanUp({ position, count, everything }: Command & { kind: "cleanUp" }): void {
    const { mapper, frames, tlb, machine } = this.subject;
    if (everything) mapper.cleanUp(frames);
    else {
      const first = Page.containingAddress(addressAt(position));
      const last = Page.containingAddress(addressAt(Math.min(position + count * 4096, ARENA + ARENA_SIZE) - 4096));
      mapper.cleanUpAddrRange(Page.rangeInclusive(first, last), frames);
    }
    tlb.flushAll();
    if (!everything) return;
    for (const at of frames.taken)
      expect(machine.ram.views.u8.subarray(at, at + 4096).some((byte) => byte !== 0)).toBe(true);
  }
}

/** @returns `undefined` where the range would leave the arena */
function rangeAt(position: number, count: number): ReturnType<typeof Page.rangeInclusive> | undefined {
  const to = position + count * 4096;
  if (to > ARENA + ARENA_SIZE) return undefined;
  return Page.rangeInclusive(Page.containingAddress(addressAt(position)), Page.containingAddress(addressAt(to - 4096)));
}

function refusalOf(run: () => void): KmemError | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof KmemError) return error;
    throw error;
  }
}

describe.each(KINDS)("%s", (kind) => {
  it("agrees with the model and the MMU after every operation, and gives every table back", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), fc.constantFrom(4, 8, 64), (commands, tables) => {
        const run = new Run(kind, tables);
        for (const each of commands) {
          run.do(each);
          run.check();
        }
        const { mapper, frames, tlb } = run.subject;
        const all = Page.rangeInclusive(
          Page.containingAddress(addressAt(ARENA)),
          Page.containingAddress(addressAt(ARENA + ARENA_SIZE - 4096)),
        );
        mapper.unmapRange(all, { allowHoles: true }).flush.flush(tlb);
        mapper.cleanUp(frames);
        expect([...frames.taken]).toEqual([]);
        expect(run.subject.leaves()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("shows a forgotten flush as a stale translation, and counts it", () => {
    const { machine, mapper, frames, tlb } = new Subject(kind, 16);
    const page = Page.containingAddress(addressAt(ARENA));
    const [first, second] = [PhysFrame.containingAddress(0x70_0000), PhysFrame.containingAddress(0x71_0000)];
    mapper.mapTo(page, first, TABLE, frames).flush(tlb);
    expect(machine.mmu.translate(page.startAddress, READ)).toBe(0x70_0000);

    const { flush: forgotten } = mapper.unmap(page);
    expect(machine.mmu.translate(page.startAddress, READ)).toBe(0x70_0000);
    expect(mapper.translateAddr(page.startAddress)).toBeUndefined();
    expect(mapper.pendingFlushes).toBe(1);
    forgotten.flush(tlb);
    expect(machine.mmu.check(page.startAddress, READ)).toBe(false);
    expect(mapper.pendingFlushes).toBe(0);

    mapper.mapTo(page, second, TABLE, frames).flush(tlb);
    machine.mmu.translate(page.startAddress, WRITE);
    const readOnly = mapper.updateFlags(page, PRESENT);
    expect(machine.mmu.check(page.startAddress, WRITE)).toBe(true);
    readOnly.flush(tlb);
    expect(machine.mmu.check(page.startAddress, WRITE)).toBe(false);
    expect(mapper.pendingFlushes).toBe(0);
  });
});
