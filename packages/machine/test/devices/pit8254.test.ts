import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clock, Pit8254, PIT_FREQUENCY, PortBus, SECOND } from "../../src/index.ts";
import { Wire } from "./wrong-values.ts";

interface Timer {
  readonly clock: Clock;
  readonly wire: Wire;
  readonly bus: PortBus;
  readonly pit: Pit8254;
}

function timer(): Timer {
  const clock = new Clock();
  const wire = new Wire();
  const bus = new PortBus();
  const pit = new Pit8254(clock, wire);
  pit.attachTo(bus);
  return { clock, wire, bus, pit };
}

/** Nanoseconds of so many ticks, rounded up to where the machine can see it. */
const ticks = (count: number): number => Math.ceil((count * 17_600) / 21);

/** Programs a counter with low and high byte. */
function program(bus: PortBus, counter: number, mode: number, count: number): void {
  bus.writeU8(0x43, (counter << 6) | 0x30 | (mode << 1));
  bus.writeU8(0x40 + counter, count & 0xff);
  bus.writeU8(0x40 + counter, count >> 8);
}

describe("Pit8254", () => {
  it("raises IRQ 0 18.2065 times a second, first after 65 536 ticks", () => {
    const { clock, wire } = timer();
    clock.advanceTo(ticks(65_536) - 1);
    expect(wire.rises).toBe(0);
    clock.advanceTo(ticks(65_536));
    expect(wire.rises).toBe(1);
    expect(clock.now).toBe(54_925_410);
    clock.advanceTo(1000 * SECOND);
    expect(wire.rises).toBe(18_206);
  });

  it("holds IRQ 0 high and low for halves of a period in mode 3, an odd one longer high", () => {
    const clock = new Clock();
    const edges: [string, number][] = [];
    const note = (edge: string) => (): unknown => edges.push([edge, clock.now]);
    const bus = new PortBus();
    new Pit8254(clock, { raise: note("rise"), lower: note("fall") }).attachTo(bus);
    program(bus, 0, 3, 1001);
    clock.advanceTo(ticks(1 + 2 * 1001));
    expect(edges).toEqual([
      ["fall", ticks(1 + 501)],
      ["rise", ticks(1 + 1001)],
      ["fall", ticks(1 + 1001 + 501)],
      ["rise", ticks(1 + 2002)],
    ]);
  });

  it("keeps its phase however time advances", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(2, 3),
        fc.integer({ min: 2, max: 3000 }),
        fc.array(fc.nat(9_000_000), { maxLength: 20 }),
        (mode, count, steps) => {
          const { clock, wire, bus } = timer();
          program(bus, 0, mode, count);
          for (const step of steps) {
            clock.advanceTo(clock.now + step);
            const tick = Math.floor((clock.now * 21) / 17_600);
            expect(wire.rises).toBe(Math.max(Math.floor((tick - 1) / count), 0));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("counts ticks exactly for as long as there are nanoseconds", () => {
    const { clock, pit, bus } = timer();
    // Mode 0 without a count: nothing happens any more, so time can jump.
    bus.writeU8(0x43, 0x30);
    for (const now of [838, 839, 3600 * SECOND + 1, 24 * 3600 * SECOND + 17_599, 2 ** 53 - 1]) {
      clock.advanceTo(now);
      expect(BigInt(pit.tick)).toBe((BigInt(now) * 21n) / 17_600n);
    }
  });

  it("raises IRQ 0 once in mode 0", () => {
    const { clock, wire, bus } = timer();
    program(bus, 0, 0, 100);
    expect(wire.high).toBe(false);
    clock.advanceTo(ticks(101) - 1);
    expect(wire.rises).toBe(0);
    clock.advanceTo(SECOND);
    expect([wire.rises, wire.high, clock.nextEventAt()]).toEqual([1, true, undefined]);
  });

  it("leaves the clock idle while it only ticks, but not while a single interrupt is to come", () => {
    const { clock, bus } = timer();
    expect(clock.isIdle).toBe(true);
    program(bus, 0, 0, 100);
    expect(clock.isIdle).toBe(false);
    clock.advanceTo(ticks(101));
    expect(clock.isIdle).toBe(true);
    program(bus, 0, 2, 100);
    expect([clock.isIdle, clock.nextEventAt() !== undefined]).toEqual([true, true]);
  });

  it("takes one byte as the count when told to", () => {
    for (const [access, byte, count] of [
      [1, 0x20, 0x20],
      [2, 0x20, 0x2000],
    ] as const) {
      const { clock, wire, bus } = timer();
      bus.writeU8(0x43, (access << 4) | (2 << 1));
      bus.writeU8(0x40, byte);
      clock.advanceTo(ticks(1 + count));
      expect(wire.rises).toBe(1);
    }
  });

  it("reads counts byte by byte, and holds a latched one until both were read", () => {
    const { clock, bus } = timer();
    program(bus, 0, 2, 0x1234);
    clock.advanceTo(ticks(1));
    bus.writeU8(0x43, 0x00);
    clock.advanceTo(ticks(101));
    bus.writeU8(0x43, 0x00);
    expect([bus.readU8(0x40), bus.readU8(0x40)]).toEqual([0x34, 0x12]);
    const now = 0x1234 - 100;
    expect(bus.readU8(0x40) | (bus.readU8(0x40) << 8)).toBe(now);
  });

  it("reads only the byte that its access mode names", () => {
    const { clock, bus } = timer();
    for (const [access, expected] of [
      [1, [0x34, 0x34]],
      [2, [0x33, 0x33]],
    ] as const) {
      bus.writeU8(0x43, (access << 4) | (2 << 1));
      bus.writeU8(0x40, 0x34);
      const count = access === 1 ? 0x34 : 0x3400;
      // A period and the load: the count is full again; a tick later its high byte is one less.
      clock.advanceTo(ticks(Math.floor((clock.now * 21) / 17_600) + 1 + count + (access - 1)));
      expect([bus.readU8(0x40), bus.readU8(0x40)]).toEqual(expected);
    }
  });

  it("reads back status and count of several counters", () => {
    const { clock, bus } = timer();
    bus.writeU8(0x43, 0xe2 | 0x0c);
    // Output, access, mode; counter 1 refreshes memory.
    expect(bus.readU8(0x40)).toBe(0xb6);
    expect(bus.readU8(0x41) & 0x7f).toBe(0x36);
    program(bus, 0, 0, 5);
    bus.writeU8(0x43, 0xc2);
    expect(bus.readU8(0x40)).toBe(0x70);
    expect([bus.readU8(0x40), bus.readU8(0x40)]).toHaveLength(2);
    clock.advanceTo(ticks(7));
    bus.writeU8(0x43, 0xc2);
    expect([bus.readU8(0x40), bus.readU8(0x40), bus.readU8(0x40)]).toEqual([0xb0, 0xff, 0xff]);
  });

  it("shows that a new count waits for the period's end", () => {
    const { clock, bus, wire } = timer();
    program(bus, 0, 2, 1000);
    clock.advanceTo(ticks(10));
    bus.writeU8(0x40, 50);
    bus.writeU8(0x40, 0);
    bus.writeU8(0x43, 0xe2);
    expect(bus.readU8(0x40)).toBe(0x80 | 0x40 | 0x34);
    clock.advanceTo(ticks(1001));
    bus.writeU8(0x43, 0xe2);
    expect([bus.readU8(0x40), wire.rises]).toEqual([0x80 | 0x34, 1]);
    clock.advanceTo(ticks(1051));
    expect(wire.rises).toBe(2);
  });

  it("takes modes 6 and 7 for 2 and 3", () => {
    const { bus } = timer();
    program(bus, 0, 6, 5);
    bus.writeU8(0x43, 0xe2);
    expect(bus.readU8(0x40) & 0x0e).toBe(2 << 1);
  });

  it("measures time with counter 2 and its gate, as drivers calibrate", () => {
    const { clock, bus } = timer();
    bus.writeU8(0x61, 0);
    program(bus, 2, 0, 11_932);
    clock.advanceTo(SECOND);
    expect(bus.readU8(0x61) & 0x20).toBe(0);
    bus.writeU8(0x61, 1);
    const start = clock.now;
    clock.advanceTo(start + 9_990_000);
    expect(bus.readU8(0x61) & 0x21).toBe(0x01);
    clock.advanceTo(start + 10_010_000);
    expect(bus.readU8(0x61) & 0x21).toBe(0x21);
  });

  it("plays a tone while gate and speaker are on", () => {
    const { bus, pit, clock } = timer();
    program(bus, 2, 3, 2712);
    expect(pit.tone).toBeUndefined();
    bus.writeU8(0x61, 3);
    clock.advanceTo(ticks(2));
    expect(pit.tone).toBe(PIT_FREQUENCY / 2712);
    bus.writeU8(0x61, 1);
    expect(pit.tone).toBeUndefined();
  });

  it("toggles the refresh bit, which old programs wait on", () => {
    const { bus, clock } = timer();
    const first = bus.readU8(0x61) & 0x10;
    clock.advanceTo(ticks(18));
    expect(bus.readU8(0x61) & 0x10).not.toBe(first);
  });

  it("has nothing to read at the control port", () => {
    expect(timer().bus.readU8(0x43)).toBe(0xff);
  });
});
