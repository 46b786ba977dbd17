import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pic8259Pair, PortBus } from "../../src/index.ts";

/** Most urgent first. */
const ORDER = [0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 3, 4, 5, 6, 7];

type Step =
  | { readonly kind: "raise" | "lower"; readonly irq: number }
  | { readonly kind: "mask"; readonly chip: 0 | 1; readonly mask: number }
  | { readonly kind: "acknowledge" }
  | { readonly kind: "end"; readonly chip: 0 | 1 };

const irq = fc.constantFrom(...ORDER);
const chip = fc.constantFrom<(0 | 1)[]>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("raise" as const), irq }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("lower" as const), irq }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("mask" as const), chip, mask: fc.nat(255) }) },
  { weight: 3, arbitrary: fc.constant({ kind: "acknowledge" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("end" as const), chip }) },
);

/** What the data sheet says of nested, edge-triggered interrupts, in sets of IRQs. */
class Model {
  readonly high = new Set<number>();
  readonly requested = new Set<number>();
  readonly serving: [Set<number>, Set<number>] = [new Set(), new Set()];
  readonly masks: [number, number] = [0, 0];

  /** Whether an IRQ may interrupt: wanted, unmasked all the way, and more urgent than all in service on its way. */
  isDeliverable(irq: number): boolean {
    const [chip, level] = irq < 8 ? [0, irq] : [1, irq - 8];
    if (!this.requested.has(irq) || (this.masks[chip as 0 | 1] & (1 << level)) !== 0) return false;
    if (chip === 0) return this.isAboveService(0, level);
    return this.isAboveService(1, level) && (this.masks[0] & 4) === 0 && this.isAboveService(0, 2);
  }

  private isAboveService(chip: 0 | 1, level: number): boolean {
    return [...this.serving[chip]].every((other) => level < other);
  }
}

describe("Pic8259Pair", () => {
  it("never delivers a masked interrupt nor one that is not more urgent than those in service; and the most urgent first", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const pics = new Pic8259Pair();
        const bus = new PortBus();
        pics.attachTo(bus);
        for (const [port, offset, icw3] of [
          [0x20, 32, 4],
          [0xa0, 40, 2],
        ] as const) {
          bus.writeU8(port, 0x11);
          for (const value of [offset, icw3, 1]) bus.writeU8(port + 1, value);
        }
        const model = new Model();
        for (const one of steps) {
          if (one.kind === "raise") {
            if (!model.high.has(one.irq)) model.requested.add(one.irq);
            model.high.add(one.irq);
            pics.raise(one.irq);
          } else if (one.kind === "lower") {
            model.high.delete(one.irq);
            pics.lower(one.irq);
          } else if (one.kind === "mask") {
            model.masks[one.chip] = one.mask;
            bus.writeU8(one.chip === 0 ? 0x21 : 0xa1, one.mask);
          } else if (one.kind === "end") {
            const first = Math.min(...model.serving[one.chip]);
            model.serving[one.chip].delete(first);
            bus.writeU8(one.chip === 0 ? 0x20 : 0xa0, 0x20);
          } else if (pics.pending()) acknowledge(pics, model);
          const deliverable = ORDER.find((n) => model.isDeliverable(n));
          if (deliverable !== undefined) expect(pics.pending()).toBe(true);
          expect(bits(model.serving[0])).toBe(pics.master.state.isr);
          expect(bits(model.serving[1])).toBe(pics.slave.state.isr);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function acknowledge(pics: Pic8259Pair, model: Model): void {
  const expected = ORDER.find((n) => model.isDeliverable(n));
  const wasServed = pics.slave.output;
  const irq = pics.acknowledge() - 32;
  if (irq === 15 && !wasServed) {
    // The slave's request was masked after the master had seen it: spurious, and only the cascade is in service.
    expect([...model.requested].some((n) => n >= 8 && n < 16)).toBe(true);
    expect(model.masks[0] & 4).toBe(0);
    model.serving[0].add(2);
    return;
  }
  expect(irq).toBe(expected);
  model.requested.delete(irq);
  if (irq < 8) model.serving[0].add(irq);
  else {
    model.serving[0].add(2);
    model.serving[1].add(irq - 8);
  }
}

function bits(levels: ReadonlySet<number>): number {
  let all = 0;
  for (const level of levels) all |= 1 << level;
  return all;
}
