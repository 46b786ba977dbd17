import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PitChannel } from "../../src/devices/pit-channel.ts";

/** A counter as the data sheet tells it, clock pulse by clock pulse. */
class CountingChannel {
  mode = 3;
  gate = true;
  register: number | undefined = undefined;
  count = 0;
  out = true;
  /** The register's count is to be loaded at the next pulse. */
  loads = false;
  isCounting = false;
  /** Modes 4 and 5: the output is low for this pulse. */
  strobes = false;

  program(mode: number): void {
    this.mode = mode;
    this.out = mode !== 0;
    this.register = undefined;
    this.loads = this.isCounting = this.strobes = false;
  }
  write(count: number): void {
    this.register = count;
    const isPeriodic = this.mode === 2 || this.mode === 3;
    if (this.mode === 0) this.out = false;
    if (this.mode === 0 || this.mode === 4) this.loads = true;
    else if (isPeriodic && this.gate && !this.isCounting) this.loads = true;
  }
  setGate(high: boolean): void {
    const rises = high && !this.gate;
    this.gate = high;
    if (this.mode === 0 || this.mode === 4) return;
    if (rises && this.register !== undefined) this.loads = true;
    if (!high && (this.mode === 2 || this.mode === 3)) {
      this.out = true;
      this.isCounting = this.loads = false;
    }
  }
  pulse(): void {
    if (this.strobes) {
      this.strobes = false;
      this.out = true;
    }
    if (this.loads) {
      this.load();
      return;
    }
    if (!this.isCounting || (!this.gate && (this.mode === 0 || this.mode === 4))) return;
    if (this.mode === 3) this.pulseSquare();
    else if (this.mode === 2) this.pulseRate();
    else this.pulseOnce();
  }
  private load(): void {
    this.loads = false;
    this.isCounting = true;
    this.count = this.mode === 3 ? this.even() : this.register!;
    this.out = this.mode !== 0 && this.mode !== 1;
  }
  private even(): number {
    return this.register! - (this.register! % 2);
  }
  private pulseOnce(): void {
    this.count = (this.count - 1) & 0xffff;
    if (this.count !== 0) return;
    if (this.mode === 0 || this.mode === 1) this.out = true;
    else {
      this.out = false;
      this.strobes = true;
    }
  }
  private pulseRate(): void {
    this.count--;
    if (this.count === 1) this.out = false;
    else if (this.count === 0) {
      this.count = this.register!;
      this.out = true;
    }
  }
  private isOdd = false;
  /** An odd count has one pulse more while the output is high, with the count at 0. */
  private pulseSquare(): void {
    const expired = this.count === (this.out && this.isOdd ? 0 : 2);
    if (!expired) {
      this.count -= 2;
      return;
    }
    this.out = !this.out;
    this.count = this.even();
    this.isOdd = this.register! % 2 === 1;
  }
  noteOdd(): void {
    if (this.mode === 3 && this.loads) this.isOdd = this.register! % 2 === 1;
  }
}

type Action =
  | { readonly kind: "write"; readonly count: number }
  | { readonly kind: "gate"; readonly high: boolean }
  | { readonly kind: "wait" };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("write" as const), count: fc.integer({ min: 2, max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gate" as const), high: fc.boolean() }) },
  { weight: 6, arbitrary: fc.constant({ kind: "wait" as const }) },
);

describe("PitChannel", () => {
  it.each([0, 1, 2, 3, 4, 5])("in mode %i puts out and counts what counting pulse by pulse gives", (mode) => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60, size: "max" }), (actions) => {
        const channel = new PitChannel(0x1_0000, true);
        const model = new CountingChannel();
        channel.program(mode, false, 0);
        model.program(mode);
        for (const [tick, one] of actions.entries()) {
          if (one.kind === "write") {
            channel.beginWrite(tick);
            channel.write(one.count, tick);
            model.write(one.count);
          } else if (one.kind === "gate" && !(mode === 4 && model.strobes)) {
            channel.setGate(one.high, tick);
            model.setGate(one.high);
          }
          expect(channel.output(tick)).toBe(model.out);
          const change = channel.nextChange(tick);
          model.noteOdd();
          const before = model.out;
          model.pulse();
          if (model.out !== before) expect(change).toBe(tick + 1);
          expect(channel.output(tick + 1)).toBe(model.out);
          if (model.isCounting && !model.loads) expect(channel.count(tick + 1)).toBe(model.count);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("counts in decimal when told to", () => {
    const channel = new PitChannel(0x1_0000, true);
    channel.program(0, true, 0);
    channel.write(0x1234, 0);
    expect(channel.count(1)).toBe(0x1234);
    expect(channel.count(36)).toBe(0x1199);
    expect(channel.count(1 + 1234 + 1)).toBe(0x9999);
    channel.program(2, true, 2000);
    channel.write(0, 2000);
    expect([channel.count(2001), channel.count(2002)]).toEqual([0, 0x9999]);
    expect(channel.nextChange(2001)).toBe(2001 + 9999);
  });

  it("leaves the output high for the forbidden count of 1", () => {
    for (const mode of [2, 3]) {
      const channel = new PitChannel(0x1_0000, true);
      channel.program(mode, false, 0);
      channel.write(1, 0);
      for (let tick = 0; tick < 5; tick++)
        expect([channel.output(tick), channel.nextChange(tick)]).toEqual([true, undefined]);
    }
  });
});
