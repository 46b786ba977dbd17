import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DeviceError,
  KEY_NAMES,
  keyBytes,
  type KeyName,
  PortBus,
  Ps2Controller,
  scancodesFor,
} from "../../src/index.ts";
import { NOT_INTEGERS, Wire } from "./wrong-values.ts";

interface Keyboard {
  readonly ps2: Ps2Controller;
  readonly bus: PortBus;
  readonly wire: Wire;
  readonly resets: number[];
}

function keyboard(): Keyboard {
  const wire = new Wire();
  const resets: number[] = [];
  const ps2 = new Ps2Controller({ keyboardInterrupt: wire, onReset: () => resets.push(1) });
  const bus = new PortBus();
  ps2.attachTo(bus);
  return { ps2, bus, wire, resets };
}

/** Everything that waits, as a polling driver reads it. */
function drain(bus: PortBus): number[] {
  const bytes: number[] = [];
  while ((bus.readU8(0x64) & 1) !== 0) bytes.push(bus.readU8(0x60));
  return bytes;
}

const command = (bus: PortBus, ...bytes: number[]): void =>
  bytes.forEach((byte, i) => bus.writeU8(i === 0 ? 0x64 : 0x60, byte));
const toKeyboard = (bus: PortBus, ...bytes: number[]): number[] => {
  for (const byte of bytes) bus.writeU8(0x60, byte);
  return drain(bus);
};

describe("Ps2Controller", () => {
  it("gives a driver set 1, one byte per interrupt", () => {
    const { ps2, bus, wire } = keyboard();
    ps2.type("Hi");
    const read: number[] = [];
    while (wire.high) read.push(bus.readU8(0x60));
    expect(read).toEqual([0x2a, 0x23, 0xa3, 0xaa, 0x17, 0x97]);
    expect(wire.rises).toBe(6);
    expect([bus.readU8(0x64), bus.readU8(0x60)]).toEqual([0x14, 0x97]);
  });

  it("translates every key's set 2 to its set 1", () => {
    const key = fc.record({ key: fc.constantFrom(...KEY_NAMES), down: fc.boolean() });
    fc.assert(
      fc.property(fc.array(key), (events) => {
        const { ps2, bus } = keyboard();
        for (const { key, down } of events) {
          if (down) ps2.keyDown(key);
          else ps2.keyUp(key);
        }
        expect(drain(bus)).toEqual(events.flatMap((event) => keyBytes(event, 1)));
      }),
    );
  });

  it("gives set 2 with translation off, and set 1 when the keyboard is told to send that", () => {
    const { ps2, bus } = keyboard();
    command(bus, 0x60, 0x25);
    ps2.keyUp("ArrowUp");
    expect(drain(bus)).toEqual([0xe0, 0xf0, 0x75]);
    expect(toKeyboard(bus, 0xf0, 1)).toEqual([0xfa, 0xfa]);
    ps2.keyUp("ArrowUp");
    expect(drain(bus)).toEqual([0xe0, 0xc8]);
    expect(toKeyboard(bus, 0xf0, 0)).toEqual([0xfa, 0xfa, 1]);
  });

  it("passes pressed bytes on as they are, in their place among typed keys", () => {
    const { ps2, bus } = keyboard();
    ps2.type("a");
    ps2.press([0xf0, 0x1c, 0x1e]);
    ps2.type("b");
    expect(drain(bus)).toEqual([0x1e, 0x9e, 0xf0, 0x1c, 0x1e, 0x30, 0xb0]);
  });

  it("reads and writes its configuration and RAM", () => {
    const { bus } = keyboard();
    command(bus, 0x20);
    expect(drain(bus)).toEqual([0x65]);
    command(bus, 0x60, 0x47);
    command(bus, 0x20);
    command(bus, 0x7f, 0x12);
    command(bus, 0x3f);
    expect(drain(bus)).toEqual([0x47, 0x12]);
  });

  it("passes the tests of a driver's start", () => {
    const { bus } = keyboard();
    for (const [test, answer] of [
      [0xaa, 0x55],
      [0xab, 0],
      [0xa9, 0],
      [0xc0, 0x80],
      [0xd0, 0x03],
    ] as const) {
      command(bus, test);
      expect([bus.readU8(0x64) & 0x0d, drain(bus)]).toEqual([0x0d, [answer]]);
    }
    bus.writeU8(0x60, 0xee);
    expect(bus.readU8(0x64) & 0x08).toBe(0);
  });

  it("holds keys back while the keyboard is off; speaking to it switches it on", () => {
    const { ps2, bus, wire } = keyboard();
    command(bus, 0xad);
    ps2.type("a");
    expect([wire.high, bus.readU8(0x64) & 1]).toEqual([false, 0]);
    command(bus, 0xae);
    expect(drain(bus)).toEqual([0x1e, 0x9e]);
    command(bus, 0xad);
    expect(toKeyboard(bus, 0xee)).toEqual([0xee]);
  });

  it("interrupts only when the configuration says so", () => {
    const { ps2, bus, wire } = keyboard();
    command(bus, 0x60, 0x44);
    ps2.press([1]);
    expect(wire.rises).toBe(0);
    command(bus, 0x60, 0x45);
    expect(wire.high).toBe(true);
    expect(drain(bus)).toEqual([1]);
    expect(wire.high).toBe(false);
  });

  it("answers the keyboard's commands, translated as a PC gets them", () => {
    const { ps2, bus } = keyboard();
    expect(toKeyboard(bus, 0xed, 5)).toEqual([0xfa, 0xfa]);
    expect(ps2.leds).toBe(5);
    expect(toKeyboard(bus, 0xf3, 0x20)).toEqual([0xfa, 0xfa]);
    expect(toKeyboard(bus, 0xf2)).toEqual([0xfa, 0xab, 0x41]);
    expect(toKeyboard(bus, 0xf0, 0)).toEqual([0xfa, 0xfa, 0x41]);
    expect(toKeyboard(bus, 0xf0, 3)).toEqual([0xfa, 0xfe]);
    expect(toKeyboard(bus, 0x17)).toEqual([0xfe]);
    expect(toKeyboard(bus, 0xff)).toEqual([0xfa, 0xaa]);
    expect(ps2.leds).toBe(0);
    expect(toKeyboard(bus, 0xfe)).toEqual([0xaa]);
    // A command instead of the argument is obeyed.
    expect(toKeyboard(bus, 0xed, 0xee)).toEqual([0xfa, 0xee]);
  });

  it("scans only between 0xf4 and 0xf5, each of which drops what was typed", () => {
    const { ps2, bus } = keyboard();
    ps2.type("ab");
    expect(toKeyboard(bus, 0xf5)).toEqual([0x1e, 0xfa]);
    ps2.type("c");
    ps2.press([1]);
    expect(drain(bus)).toEqual([]);
    expect(toKeyboard(bus, 0xf6)).toEqual([0xfa]);
    ps2.type("c");
    expect(toKeyboard(bus, 0xf4)).toEqual([0xfa]);
    ps2.type("d");
    expect(drain(bus)).toEqual([0x20, 0xa0]);
  });

  it("puts bytes in as if from the keyboard or the mouse", () => {
    const mouse = new Wire();
    const { bus, wire } = keyboard();
    const ps2 = new Ps2Controller({ mouseInterrupt: mouse });
    command(bus, 0xd2, 0x77);
    expect([wire.high, drain(bus)]).toEqual([true, [0x77]]);
    const other = new PortBus();
    ps2.attachTo(other);
    command(other, 0x60, 0x47);
    command(other, 0xd3, 0x88);
    expect([mouse.high, other.readU8(0x64) & 0x21, other.readU8(0x60), mouse.high]).toEqual([true, 0x21, 0x88, false]);
    command(other, 0xa8);
    command(other, 0xd4, 0xff);
    command(other, 0x20);
    expect(drain(other)).toEqual([0x47]);
    command(other, 0xa7);
    command(other, 0x20);
    expect(drain(other)).toEqual([0x67]);
  });

  it("resets the machine by pulse and by output port", () => {
    const { bus, resets } = keyboard();
    command(bus, 0xff);
    command(bus, 0xd1, 0x03);
    expect(resets).toHaveLength(0);
    command(bus, 0xfe);
    command(bus, 0xd1, 0x02);
    expect(resets).toHaveLength(2);
    command(bus, 0xd0);
    expect(drain(bus)).toEqual([0x02]);
  });

  it("ignores commands that it does not know", () => {
    const { bus } = keyboard();
    command(bus, 0x00);
    expect(drain(bus)).toEqual([]);
  });

  it("refuses keys, text and bytes that there are not, and sends nothing of them", () => {
    const { ps2, bus } = keyboard();
    expect(() => ps2.keyDown("KeyÄ" as KeyName)).toThrow(expect.objectContaining({ code: "device/options" }));
    expect(() => ps2.keyUp("" as KeyName)).toThrow(DeviceError);
    expect(() => ps2.type("abcä")).toThrow(expect.objectContaining({ code: "device/text" }));
    for (const byte of [...NOT_INTEGERS, 256]) expect(() => ps2.press([1, byte])).toThrow(DeviceError);
    expect(drain(bus)).toEqual([]);
  });

  it("delivers a long text whole", () => {
    const { ps2, bus } = keyboard();
    const text = "The quick brown fox jumps over the lazy dog; 0123456789!\n".repeat(200);
    ps2.type(text);
    expect(drain(bus)).toEqual(scancodesFor(text));
  });
});
