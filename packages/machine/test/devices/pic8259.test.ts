import { describe, expect, it } from "vitest";
import { DeviceError, Pic8259, Pic8259Pair, PortBus } from "../../src/index.ts";
import { NOT_INTEGERS } from "./wrong-values.ts";

const MASTER = { command: 0x20, data: 0x21 };
const SLAVE = { command: 0xa0, data: 0xa1 };
const EOI = 0x20;

/** Both chips as blog_os's `ChainedPics::new(32, 40).initialize()` sets them, with everything unmasked. */
function chained(icw4 = 0x01, icw1 = 0x11): { pics: Pic8259Pair; bus: PortBus } {
  const pics = new Pic8259Pair();
  const bus = new PortBus();
  pics.attachTo(bus);
  for (const [chip, offset, icw3] of [
    [MASTER, 32, 4],
    [SLAVE, 40, 2],
  ] as const) {
    bus.writeU8(chip.command, icw1);
    for (const value of [offset, icw3, icw4, 0]) bus.writeU8(chip.data, value);
  }
  return { pics, bus };
}

describe("Pic8259Pair", () => {
  it("starts as firmware leaves it, with the firmware's vectors and masks", () => {
    const pics = new Pic8259Pair();
    expect(pics.master.state).toEqual({ irr: 0, isr: 0, imr: 0xb8, offset: 8 });
    expect(pics.slave.state).toEqual({ irr: 0, isr: 0, imr: 0x8e, offset: 0x70 });
    pics.raise(8);
    expect(pics.acknowledge()).toBe(0x70);
  });

  it("gives each IRQ the vector of its chip's offset", () => {
    for (let irq = 0; irq < 16; irq++) {
      if (irq === 2) continue;
      const { pics } = chained();
      pics.raise(irq);
      expect(pics.pending()).toBe(true);
      expect(pics.acknowledge()).toBe(32 + irq);
      expect(pics.pending()).toBe(false);
    }
  });

  it("keeps the masks that a driver saves and restores around the initialization", () => {
    const { pics, bus } = chained();
    expect([bus.readU8(MASTER.data), bus.readU8(SLAVE.data)]).toEqual([0, 0]);
    bus.writeU8(MASTER.data, 0xfd);
    bus.writeU8(SLAVE.data, 0xff);
    expect([bus.readU8(MASTER.data), bus.readU8(SLAVE.data)]).toEqual([0xfd, 0xff]);
    pics.raise(0);
    expect(pics.pending()).toBe(false);
    pics.raise(1);
    expect(pics.acknowledge()).toBe(33);
  });

  it("keeps a masked request until it is unmasked", () => {
    const { pics, bus } = chained();
    bus.writeU8(MASTER.data, 0x08);
    pics.raise(3);
    expect(pics.pending()).toBe(false);
    bus.writeU8(MASTER.data, 0);
    expect(pics.pending()).toBe(true);
  });

  it("delivers in the order 0 1 8…15 3…7", () => {
    const { pics, bus } = chained();
    const order = [0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 3, 4, 5, 6, 7];
    for (const irq of [...order].reverse()) pics.raise(irq);
    for (const irq of order) {
      expect(pics.acknowledge()).toBe(32 + irq);
      expect(pics.pending()).toBe(false);
      if (irq >= 8) bus.writeU8(SLAVE.command, EOI);
      bus.writeU8(MASTER.command, EOI);
    }
  });

  it("lets only a more urgent interrupt in while one is in service", () => {
    const { pics, bus } = chained();
    pics.raise(4);
    pics.acknowledge();
    pics.raise(5);
    expect(pics.pending()).toBe(false);
    pics.raise(1);
    expect(pics.acknowledge()).toBe(33);
    expect(pics.master.state.isr).toBe(0b1_0010);
    bus.writeU8(MASTER.command, EOI);
    expect(pics.master.state.isr).toBe(0b1_0000);
    expect(pics.pending()).toBe(false);
    bus.writeU8(MASTER.command, EOI);
    expect(pics.acknowledge()).toBe(37);
  });

  it("ends a chosen interrupt with a specific EOI", () => {
    const { pics, bus } = chained();
    pics.raise(4);
    pics.acknowledge();
    pics.raise(1);
    pics.acknowledge();
    bus.writeU8(MASTER.command, 0x60 | 4);
    expect(pics.master.state.isr).toBe(0b10);
  });

  it("requests an edge-triggered IRQ once per rise", () => {
    const { pics, bus } = chained();
    pics.raise(6);
    pics.raise(6);
    pics.acknowledge();
    bus.writeU8(MASTER.command, EOI);
    expect(pics.pending()).toBe(false);
    pics.lower(6);
    pics.raise(6);
    expect(pics.pending()).toBe(true);
  });

  it("keeps a rise whose line has fallen, as QEMU does", () => {
    const { pics } = chained();
    pics.raise(0);
    pics.lower(0);
    expect(pics.acknowledge()).toBe(32);
  });

  it("follows the line of a level-triggered IRQ, which ELCR or ICW1 chooses", () => {
    for (const byIcw1 of [false, true]) {
      const { pics, bus } = chained(0x01, byIcw1 ? 0x19 : 0x11);
      if (!byIcw1) bus.writeU8(0x4d1, 0xff);
      pics.raise(11);
      pics.lower(11);
      if (!byIcw1) expect(pics.slave.state.irr).toBe(0);
      pics.raise(11);
      expect(pics.acknowledge()).toBe(43);
      bus.writeU8(SLAVE.command, EOI);
      bus.writeU8(MASTER.command, EOI);
      expect(pics.acknowledge()).toBe(43);
    }
  });

  it("keeps the timer, keyboard, cascade, clock and FPU edge-triggered in ELCR", () => {
    const { bus } = chained();
    bus.writeU16(0x4d0, 0xffff);
    expect(bus.readU16(0x4d0)).toBe(0xdef8);
  });

  it("reads IRR, ISR and IMR", () => {
    const { pics, bus } = chained();
    pics.raise(1);
    pics.raise(12);
    expect(bus.readU8(MASTER.command)).toBe(0b110);
    pics.acknowledge();
    bus.writeU8(MASTER.command, 0x0b);
    bus.writeU8(SLAVE.command, 0x0a);
    expect([bus.readU8(MASTER.command), bus.readU8(SLAVE.command)]).toEqual([0b10, 0b1_0000]);
    bus.writeU8(MASTER.command, 0x0a);
    expect(bus.readU8(MASTER.command)).toBe(0b100);
    expect(bus.readU8(MASTER.data)).toBe(0);
  });

  it("answers with IRQ 7's vector, out of service, when there is nothing to acknowledge", () => {
    const { pics } = chained();
    expect(pics.acknowledge()).toBe(39);
    expect([pics.master.state.isr, pics.slave.state.isr]).toEqual([0, 0]);
  });

  it("answers with IRQ 15's vector when the slave's request has gone, and only the cascade is in service", () => {
    const { pics, bus } = chained();
    pics.raise(10);
    bus.writeU8(SLAVE.data, 0xff);
    expect(pics.pending()).toBe(true);
    expect(pics.acknowledge()).toBe(47);
    expect([pics.master.state.isr, pics.slave.state.isr]).toEqual([4, 0]);
    bus.writeU8(MASTER.command, EOI);
    bus.writeU8(SLAVE.data, 0);
    expect(pics.acknowledge()).toBe(42);
  });

  it("ends by itself in automatic EOI mode, and rotates if told to", () => {
    const { pics, bus } = chained(0x03);
    bus.writeU8(MASTER.command, 0x80);
    for (const irq of [3, 4]) pics.raise(irq);
    expect(pics.acknowledge()).toBe(35);
    expect(pics.master.state.isr).toBe(0);
    pics.lower(3);
    pics.raise(3);
    expect(pics.acknowledge()).toBe(36);
    expect(pics.acknowledge()).toBe(35);
    bus.writeU8(MASTER.command, 0x00);
    pics.lower(4);
    for (const irq of [4, 6]) pics.raise(irq);
    // Not rotating any more: 3 stays the lowest, so 4 is the most urgent.
    expect(pics.acknowledge()).toBe(36);
  });

  it("delivers a slave's second interrupt in automatic EOI mode", () => {
    const { pics } = chained(0x03);
    for (const irq of [9, 14]) pics.raise(irq);
    expect([pics.acknowledge(), pics.acknowledge(), pics.pending()]).toEqual([41, 46, false]);
  });

  it("rotates priorities on EOI, and sets the lowest by command", () => {
    const { pics, bus } = chained();
    pics.raise(3);
    pics.acknowledge();
    bus.writeU8(MASTER.command, 0xa0);
    for (const irq of [0, 4]) pics.raise(irq);
    expect(pics.acknowledge()).toBe(36);
    bus.writeU8(MASTER.command, 0xe0 | 4);
    bus.writeU8(MASTER.command, 0xc0 | 7);
    pics.raise(5);
    expect(pics.acknowledge()).toBe(32);
  });

  it("lets less urgent interrupts in while a masked one is in service, in special mask mode", () => {
    const { pics, bus } = chained();
    pics.raise(1);
    pics.acknowledge();
    pics.raise(5);
    bus.writeU8(MASTER.data, 0b10);
    expect(pics.pending()).toBe(false);
    bus.writeU8(MASTER.command, 0x68);
    expect(pics.acknowledge()).toBe(37);
    // A non-specific EOI passes over the masked one.
    bus.writeU8(MASTER.command, EOI);
    expect(pics.master.state.isr).toBe(0b10);
    bus.writeU8(MASTER.command, 0x48);
    pics.raise(6);
    expect(pics.pending()).toBe(false);
  });

  it("lets a more urgent slave's interrupt in, in special fully nested mode only", () => {
    for (const [icw4, vector] of [
      [0x11, 41],
      [0x01, 39],
    ] as const) {
      const { pics } = chained(icw4);
      pics.raise(12);
      pics.acknowledge();
      pics.raise(9);
      expect(pics.acknowledge()).toBe(vector);
    }
  });

  it("acknowledges by polling", () => {
    const { pics, bus } = chained();
    bus.writeU8(MASTER.command, 0x0c);
    expect(bus.readU8(MASTER.command)).toBe(0);
    pics.raise(5);
    bus.writeU8(MASTER.command, 0x0c);
    expect(bus.readU8(MASTER.command)).toBe(0x85);
    expect(pics.master.state).toMatchObject({ isr: 0x20, irr: 0 });
    expect(bus.readU8(MASTER.command)).toBe(0);
  });

  it("forgets requests, service and masks when it is initialized", () => {
    const { pics, bus } = chained();
    pics.raise(3);
    pics.acknowledge();
    pics.raise(4);
    bus.writeU8(MASTER.data, 0xff);
    bus.writeU8(MASTER.command, 0x11);
    for (const value of [48, 4, 1]) bus.writeU8(MASTER.data, value);
    expect(pics.master.state).toEqual({ irr: 0, isr: 0, imr: 0, offset: 48 });
  });

  it("leaves the bus to nobody when no slave is at the input that ICW3 names", () => {
    const { pics, bus } = chained();
    bus.writeU8(MASTER.command, 0x11);
    for (const value of [32, 0x08, 1]) bus.writeU8(MASTER.data, value);
    pics.raise(3);
    expect(pics.acknowledge()).toBe(0xff);
  });

  it("hands out wires", () => {
    const { pics } = chained();
    const line = pics.line(4);
    line.raise();
    line.lower();
    expect(pics.acknowledge()).toBe(36);
  });

  it("refuses what is no IRQ, and IRQ 2, where the slave is", () => {
    const { pics } = chained();
    for (const irq of [...NOT_INTEGERS, 16, 2]) {
      const error = expect.objectContaining({ code: "device/irq", value: irq }) as DeviceError;
      expect(() => pics.raise(irq)).toThrow(error);
      expect(() => pics.lower(irq)).toThrow(error);
      expect(() => pics.line(irq)).toThrow(error);
    }
    expect(pics.pending()).toBe(false);
  });
});

describe("Pic8259", () => {
  it("needs neither ICW3 nor ICW4 when ICW1 says so", () => {
    const chip = new Pic8259(() => undefined);
    chip.writePort(0, 0x12);
    chip.writePort(1, 0x47);
    chip.writePort(1, 0xf0);
    expect(chip.state).toEqual({ irr: 0, isr: 0, imr: 0xf0, offset: 0x40 });
  });

  it("tells its output only when that changes", () => {
    const outputs: boolean[] = [];
    const chip = new Pic8259((high) => outputs.push(high));
    chip.setInput(1, true);
    chip.setInput(0, true);
    chip.acknowledge();
    expect(outputs).toEqual([true, false]);
  });

  it("refuses inputs that it does not have", () => {
    const chip = new Pic8259(() => undefined);
    for (const level of [...NOT_INTEGERS, 8]) expect(() => chip.setInput(level, true)).toThrow(DeviceError);
    for (const bits of [...NOT_INTEGERS, 256]) expect(() => chip.setLevelTriggered(bits)).toThrow(DeviceError);
  });
});
