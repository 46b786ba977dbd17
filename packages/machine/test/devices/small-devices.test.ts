import { describe, expect, it } from "vitest";
import {
  Clock,
  Cmos,
  DeviceError,
  IsaDebugExit,
  PortBus,
  PostCodePort,
  SECOND,
  SystemControlPortA,
} from "../../src/index.ts";
import { NOT_INTEGERS } from "./wrong-values.ts";

describe("IsaDebugExit", () => {
  it("exits with twice the value and one, whatever the width and the port of the write", () => {
    const statuses: number[] = [];
    const exit = new IsaDebugExit((status) => statuses.push(status));
    const bus = new PortBus();
    exit.attachTo(bus);
    expect(exit.status).toBeUndefined();
    bus.writeU32(0xf4, 0x10);
    bus.writeU8(0xf7, 0x11);
    bus.writeU16(0xf5, 0);
    bus.writeU32(0xf4, 0xffff_ffff);
    expect(statuses).toEqual([33, 35, 1, 255]);
    expect(exit.status).toBe(255);
    expect([bus.readU8(0xf4), bus.readU16(0xf4), bus.readU32(0xf4)]).toEqual([0, 0, 0]);
  });

  it("can be at another port", () => {
    const bus = new PortBus();
    const exit = new IsaDebugExit(() => undefined);
    exit.attachTo(bus, 0x501);
    bus.writeU8(0x501, 1);
    expect(exit.status).toBe(3);
  });
});

describe("Cmos", () => {
  /** Each register by its index. */
  const read = (bus: PortBus, ...indices: number[]): number[] =>
    indices.map((index) => {
      bus.writeU8(0x70, index);
      return bus.readU8(0x71);
    });
  const write = (bus: PortBus, index: number, value: number): void => {
    bus.writeU8(0x70, index);
    bus.writeU8(0x71, value);
  };
  const TIME = [0x32, 0x09, 0x08, 0x07, 0x06, 0x04, 0x02, 0x00];

  it("tells the date of the machine's time in BCD, and goes with its clock", () => {
    const clock = new Clock();
    const bus = new PortBus();
    new Cmos(clock, Date.UTC(2019, 11, 31, 23, 59, 58)).attachTo(bus);
    expect(read(bus, ...TIME)).toEqual([0x20, 0x19, 0x12, 0x31, 3, 0x23, 0x59, 0x58]);
    clock.advanceTo(2 * SECOND - 1);
    expect(read(bus, 0)).toEqual([0x59]);
    clock.advanceTo(2 * SECOND);
    expect(read(bus, ...TIME)).toEqual([0x20, 0x20, 0x01, 0x01, 4, 0, 0, 0]);
  });

  it("tells it in binary and with 12 hours when status B says so", () => {
    const bus = new PortBus();
    new Cmos(new Clock(), Date.UTC(2018, 5, 26, 15, 45)).attachTo(bus);
    write(bus, 0x0b, 0x06);
    expect(read(bus, ...TIME)).toEqual([20, 18, 6, 26, 3, 15, 45, 0]);
    write(bus, 0x0b, 0x00);
    expect(read(bus, 0x04)).toEqual([0x83]);
    const midnight = new PortBus();
    new Cmos(new Clock()).attachTo(midnight);
    write(midnight, 0x0b, 0x04);
    expect(read(midnight, 0x04)).toEqual([12]);
  });

  it("announces an update shortly before the second turns", () => {
    const clock = new Clock();
    const bus = new PortBus();
    new Cmos(clock).attachTo(bus);
    clock.advanceTo(SECOND - 244_001);
    expect(read(bus, 0x0a)).toEqual([0x26]);
    clock.advanceTo(SECOND - 244_000);
    expect(read(bus, 0x0a)).toEqual([0xa6]);
    clock.advanceTo(SECOND);
    expect(read(bus, 0x0a)).toEqual([0x26]);
  });

  it("keeps its memory, but neither time nor status C and D, when written", () => {
    const bus = new PortBus();
    new Cmos(new Clock()).attachTo(bus);
    for (const index of [0x00, 0x0a, 0x0c, 0x0d, 0x7f]) write(bus, index, 0xff);
    expect(read(bus, 0x00, 0x0a, 0x0c, 0x0d, 0x7f, 0xff)).toEqual([0, 0x7f, 0, 0x80, 0xff, 0xff]);
    expect(bus.readU8(0x70)).toBe(0xff);
  });

  it("refuses dates that it cannot show", () => {
    for (const date of [...NOT_INTEGERS, Date.UTC(9999, 0)])
      expect(() => new Cmos(new Clock(), date)).toThrow(DeviceError);
  });
});

describe("PostCodePort", () => {
  it("keeps the last code", () => {
    const bus = new PortBus();
    const post = new PostCodePort();
    post.attachTo(bus);
    bus.writeU8(0x80, 0x42);
    expect([post.code, bus.readU8(0x80)]).toEqual([0x42, 0x42]);
  });
});

describe("SystemControlPortA", () => {
  it("resets the CPU when bit 0 rises, and has A20 on", () => {
    let resets = 0;
    const bus = new PortBus();
    new SystemControlPortA(() => resets++).attachTo(bus);
    expect(bus.readU8(0x92)).toBe(2);
    bus.writeU8(0x92, 2);
    bus.writeU8(0x92, 3);
    bus.writeU8(0x92, 3);
    expect([resets, bus.readU8(0x92)]).toEqual([1, 3]);
  });
});
