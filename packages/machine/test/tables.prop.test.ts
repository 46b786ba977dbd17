/** Whatever a mapper does to the tables, the MMU sees it: both against a model of page → frame. */
import { MapperError, Page, PhysFrame, Size2MiB, Size4KiB, VirtAddr, type PageSize } from "@kmem/x86-64";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { READ, WRITE } from "../src/index.ts";
import { DATA, GLOBAL, NO_EXECUTE, Pc, PRESENT, WRITABLE } from "./pc.ts";

/** Tables permit everything, so that a page's own flags decide, also when they are changed later. */
const TABLE = PRESENT | WRITABLE;
const START = 0x4444_4440_0000;
const SLOTS = 1024;

interface Mapped {
  readonly physical: number;
  readonly writable: boolean;
  readonly size: PageSize;
}

const slot = fc.oneof(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: SLOTS - 1 }));
const frame = fc.integer({ min: 0x800, max: 0xfff }).map((number) => number * 4096);
const commands = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("map" as const), slot, frame, writable: fc.boolean(), isGlobal: fc.boolean() }),
    fc.record({ kind: fc.constant("mapLarge" as const), slot, writable: fc.boolean() }),
    fc.record({ kind: fc.constant("unmap" as const), slot }),
    fc.record({ kind: fc.constant("protect" as const), slot, writable: fc.boolean() }),
  ),
  { maxLength: 40 },
);

describe("mapper and Mmu", () => {
  it("agree with a model after every operation", () => {
    fc.assert(
      fc.property(commands, (all) => {
        const pc = new Pc();
        const { mmu } = pc.machine;
        const tlb = {
          flush: (at: number) => mmu.flush(at),
          flushAll: () => mmu.flushAll(),
          flushPcid: () => mmu.flushAll(),
        };
        const model = new Map<number, Mapped>();
        /** What covers a slot: a page of its own, or the large page around it. */
        const covering = (at: number): Mapped | undefined => model.get(at) ?? model.get(-1 - Math.floor(at / 512));
        for (const command of all) {
          const at = START + command.slot * 4096;
          const page = Page.containingAddress(at);
          const largePage = Page.containingAddress(at, Size2MiB);
          const key = -1 - Math.floor(command.slot / 512);
          try {
            switch (command.kind) {
              case "map": {
                const flags = (command.writable ? DATA : PRESENT | NO_EXECUTE) | (command.isGlobal ? GLOBAL : 0);
                const physical = PhysFrame.containingAddress(command.frame);
                pc.mapper.mapToWithTableFlags(page, physical, flags, TABLE, pc.frames).flush(tlb);
                expect(covering(command.slot)).toBeUndefined();
                model.set(command.slot, { physical: command.frame, writable: command.writable, size: Size4KiB });
                break;
              }
              case "mapLarge": {
                const flags = command.writable ? DATA : PRESENT | NO_EXECUTE;
                const physical = PhysFrame.containingAddress(0x80_0000, Size2MiB);
                pc.mapper.mapToWithTableFlags(largePage, physical, flags, TABLE, pc.frames).flush(tlb);
                model.set(key, { physical: 0x80_0000, writable: command.writable, size: Size2MiB });
                break;
              }
              case "unmap":
                if (model.has(key)) {
                  pc.mapper.unmap(largePage).flush.flush(tlb);
                  model.delete(key);
                } else {
                  pc.mapper.unmap(page).flush.flush(tlb);
                  expect(model.delete(command.slot)).toBe(true);
                }
                break;
              case "protect": {
                const mapped = model.get(command.slot);
                pc.mapper.updateFlags(page, command.writable ? DATA : PRESENT | NO_EXECUTE).flush(tlb);
                model.set(command.slot, { ...mapped!, writable: command.writable });
                break;
              }
            }
          } catch (error) {
            if (!(error instanceof MapperError)) throw error;
            // A refusal changes nothing, but for what the crate does too: the table flags are set on the way, before a large
            // page is found where a table should be.
            const large = model.get(key);
            if (command.kind === "map" && large !== undefined) model.set(key, { ...large, writable: true });
          }
          for (const probe of [command.slot, (command.slot + 1) % SLOTS, 0, 511, 512]) {
            const address = START + probe * 4096 + 123;
            const mapped = covering(probe);
            const offset = mapped?.size === Size2MiB ? (address - START) % Size2MiB.bytes : 123;
            expect(mmu.check(address, READ)).toBe(mapped !== undefined);
            expect(mmu.check(address, WRITE)).toBe(mapped?.writable === true);
            expect(pc.mapper.translateAddr(VirtAddr.new(address))).toBe(
              mapped === undefined ? undefined : mapped.physical + offset,
            );
            if (mapped !== undefined) expect(mmu.translate(address, READ)).toBe(mapped.physical + offset);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
