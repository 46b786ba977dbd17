import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clock, type DeviceError } from "../../src/index.ts";
import { NOT_INTEGERS } from "./wrong-values.ts";

describe("Clock", () => {
  it("runs events in order of time, and those of one time in order of scheduling", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { maxLength: 60, size: "max" }),
        fc.array(fc.nat(25), { maxLength: 5 }),
        (times, stops) => {
          const clock = new Clock();
          const ran: [number, number][] = [];
          times.forEach((at, index) => clock.schedule(at, () => ran.push([clock.now, index])));
          for (const stop of stops.sort((a, b) => a - b)) {
            clock.advanceTo(stop);
            expect(clock.now).toBe(stop);
            expect(ran.length).toBe(times.filter((at) => at <= stop).length);
          }
          clock.advanceTo(30);
          const expected = times.map((at, index) => [at, index]).sort(([a], [b]) => a! - b!);
          expect(ran).toEqual(expected);
          expect(clock.nextEventAt()).toBeUndefined();
        },
      ),
    );
  });

  it("runs also what events schedule until then, even for the same moment", () => {
    const clock = new Clock();
    const ran: string[] = [];
    clock.schedule(5, () => {
      ran.push("first");
      clock.schedule(5, () => ran.push("same moment"));
      clock.schedule(9, () => ran.push("later"));
      clock.schedule(11, () => ran.push("too late"));
    });
    clock.schedule(5, () => ran.push("second"));
    clock.advanceTo(10);
    expect(ran).toEqual(["first", "second", "same moment", "later"]);
    expect(clock.nextEventAt()).toBe(11);
  });

  it("does not run what was cancelled", () => {
    const clock = new Clock();
    let runs = 0;
    const events = [1, 1, 2].map((at) => clock.schedule(at, () => runs++));
    expect(clock.cancel(events[1]!)).toBe(true);
    expect(clock.cancel(events[1]!)).toBe(false);
    clock.advanceTo(3);
    expect(runs).toBe(2);
    expect(clock.cancel(events[0]!)).toBe(false);
  });

  it("refuses times that are past or no whole nanoseconds", () => {
    const clock = new Clock();
    clock.advanceTo(10);
    const error = expect.objectContaining({ code: "clock/time" }) as DeviceError;
    for (const at of [...NOT_INTEGERS, 9]) {
      expect(() => clock.advanceTo(at)).toThrow(error);
      expect(() => clock.schedule(at, () => undefined)).toThrow(error);
    }
    expect([clock.now, clock.nextEventAt()]).toEqual([10, undefined]);
  });

  it("lets no event move time, and stands at an event that threw", () => {
    const clock = new Clock();
    clock.schedule(4, () => clock.advanceTo(8));
    expect(() => clock.advanceTo(6)).toThrow(expect.objectContaining({ code: "clock/busy" }));
    expect([clock.now, clock.nextEventAt()]).toEqual([4, undefined]);
    clock.advanceTo(6);
    expect(clock.now).toBe(6);
  });

  it("is idle while only periodic events are to come", () => {
    const clock = new Clock();
    expect(clock.isIdle).toBe(true);
    clock.schedule(5, () => undefined, true);
    const event = clock.schedule(5, () => undefined);
    expect(clock.isIdle).toBe(false);
    clock.cancel(event);
    expect(clock.isIdle).toBe(true);
  });
});
