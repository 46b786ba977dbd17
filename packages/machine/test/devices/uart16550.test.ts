import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DeviceError, PortBus, Uart16550 } from "../../src/index.ts";
import { NOT_INTEGERS, Wire } from "./wrong-values.ts";

const [DATA, IER, FCR, LCR, MCR, LSR, MSR, SCR] = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => 0x3f8 + n) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const IIR = FCR;

interface Com1 {
  readonly uart: Uart16550;
  readonly bus: PortBus;
  readonly sent: number[];
  readonly wire: Wire;
}

function com1(): Com1 {
  const sent: number[] = [];
  const wire = new Wire();
  const uart = new Uart16550({ onTransmit: (byte) => sent.push(byte), interrupt: wire });
  const bus = new PortBus();
  uart.attachTo(bus);
  return { uart, bus, sent, wire };
}

/** As `SerialPort::init` of the crate uart_16550 0.2. */
function initialized(): Com1 {
  const com = com1();
  for (const [port, value] of [
    [IER, 0x00],
    [LCR, 0x80],
    [DATA, 0x03],
    [IER, 0x00],
    [LCR, 0x03],
    [FCR, 0xc7],
    [MCR, 0x0b],
    [IER, 0x01],
  ] as const)
    com.bus.writeU8(port, value);
  return com;
}

describe("Uart16550", () => {
  it("is set up by uart_16550's sequence: 38 400 baud, FIFOs, receive interrupt", () => {
    const { uart, bus, wire } = initialized();
    expect(uart.baudRate).toBe(38_400);
    expect([bus.readU8(IIR), bus.readU8(LCR), bus.readU8(IER), bus.readU8(MCR)]).toEqual([0xc1, 3, 1, 0x0b]);
    expect(wire.high).toBe(false);
    bus.writeU8(LCR, 0x83);
    expect([bus.readU8(DATA), bus.readU8(IER)]).toEqual([3, 0]);
    bus.writeU8(DATA, 0);
    expect(uart.baudRate).toBeUndefined();
  });

  it("sends each byte at once and is always ready for the next", () => {
    const { bus, sent } = initialized();
    for (const byte of [0x48, 0x69, 0x0a, 0xff]) {
      expect(bus.readU8(LSR) & 0x20).toBe(0x20);
      bus.writeU8(DATA, byte);
    }
    expect(sent).toEqual([0x48, 0x69, 0x0a, 0xff]);
    expect(bus.readU8(LSR)).toBe(0x60);
  });

  it("cuts what it sends to the word length", () => {
    const { bus, sent } = initialized();
    for (const length of [0, 1, 2, 3]) {
      bus.writeU8(LCR, length);
      bus.writeU8(DATA, 0xff);
    }
    expect(sent).toEqual([0x1f, 0x3f, 0x7f, 0xff]);
  });

  it("receives all bytes in order, however many", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.array(fc.uint8Array({ maxLength: 40, size: "max" }), { maxLength: 8 }),
        (fifo, chunks) => {
          const { uart, bus } = com1();
          bus.writeU8(FCR, fifo ? 0x81 : 0);
          const read: number[] = [];
          for (const chunk of chunks) {
            uart.receive(chunk);
            for (let i = 0; i < 10 && (bus.readU8(LSR) & 1) !== 0; i++) read.push(bus.readU8(DATA));
          }
          while ((bus.readU8(LSR) & 1) !== 0) read.push(bus.readU8(DATA));
          expect(read).toEqual(chunks.flatMap((chunk) => Array.from(chunk)));
          expect(bus.readU8(LSR)).toBe(0x60);
        },
      ),
    );
  });

  it("reads the last byte again when nothing has come", () => {
    const { uart, bus } = initialized();
    expect(bus.readU8(DATA)).toBe(0);
    uart.receive([7]);
    expect([bus.readU8(DATA), bus.readU8(DATA)]).toEqual([7, 7]);
  });

  it("interrupts while data is there, at the trigger level or as the timeout below it", () => {
    const { uart, bus, wire } = initialized();
    uart.receive([1]);
    expect([wire.high, bus.readU8(IIR)]).toEqual([true, 0xcc]);
    uart.receive(new Uint8Array(13));
    expect(bus.readU8(IIR)).toBe(0xc4);
    bus.readU8(DATA);
    expect(bus.readU8(IIR)).toBe(0xcc);
    for (let i = 0; i < 13; i++) bus.readU8(DATA);
    expect([wire.high, wire.rises, bus.readU8(IIR)]).toEqual([false, 1, 0xc1]);
  });

  it("interrupts when the transmitter is empty, once per byte or switching on, until the cause is read", () => {
    const { bus, wire } = initialized();
    bus.writeU8(IER, 0x02);
    expect([wire.high, bus.readU8(IIR), wire.high]).toEqual([true, 0xc2, false]);
    bus.writeU8(DATA, 0x41);
    expect([wire.high, wire.rises]).toEqual([true, 2]);
    bus.writeU8(DATA, 0x42);
    expect(wire.rises).toBe(3);
    expect([bus.readU8(IIR), bus.readU8(IIR)]).toEqual([0xc2, 0xc1]);
    bus.writeU8(IER, 0x02);
    expect(wire.high).toBe(false);
  });

  it("interrupts only through the gate that OUT2 opens", () => {
    const { uart, bus, wire } = initialized();
    bus.writeU8(MCR, 0x03);
    uart.receive([1]);
    expect([wire.high, bus.readU8(IIR)]).toEqual([false, 0xcc]);
    bus.writeU8(MCR, 0x0b);
    expect(wire.high).toBe(true);
  });

  it("gives back in loopback what is sent, and sends nothing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 16, size: "max" }), (bytes) => {
        const { uart, bus, sent } = initialized();
        bus.writeU8(MCR, 0x1e);
        uart.receive([0x99]);
        for (const byte of bytes) bus.writeU8(DATA, byte);
        const read: number[] = [];
        while ((bus.readU8(LSR) & 1) !== 0) read.push(bus.readU8(DATA));
        expect(read).toEqual(Array.from(bytes));
        expect(sent).toEqual([]);
        bus.writeU8(MCR, 0x0b);
        expect(bus.readU8(DATA)).toBe(0x99);
      }),
    );
  });

  it("passes the self test of drivers: 0xae comes back in loopback", () => {
    const { bus } = initialized();
    bus.writeU8(MCR, 0x1e);
    bus.writeU8(DATA, 0xae);
    expect(bus.readU8(DATA)).toBe(0xae);
  });

  it("reports an overrun in loopback, which keeps the FIFO and loses the single buffer", () => {
    const { bus } = initialized();
    bus.writeU8(MCR, 0x10);
    for (let byte = 0; byte < 17; byte++) bus.writeU8(DATA, byte);
    bus.writeU8(IER, 0x04);
    expect(bus.readU8(IIR)).toBe(0xc6);
    expect([bus.readU8(LSR), bus.readU8(LSR)]).toEqual([0x63, 0x61]);
    expect(bus.readU8(DATA)).toBe(0);
    bus.writeU8(FCR, 0);
    for (const byte of [1, 2]) bus.writeU8(DATA, byte);
    expect([bus.readU8(LSR), bus.readU8(DATA), bus.readU8(LSR)]).toEqual([0x63, 2, 0x60]);
  });

  it("sees its own outputs as the modem's inputs in loopback, and what changed", () => {
    const { bus, wire } = initialized();
    expect(bus.readU8(MSR)).toBe(0xb0);
    bus.writeU8(MCR, 0x10);
    expect([bus.readU8(MSR), bus.readU8(MSR)]).toEqual([0x0b, 0]);
    for (const [output, input] of [
      [1, 0x22],
      [2, 0x11],
      [4, 0x40],
      [8, 0x88],
    ] as const) {
      bus.writeU8(MCR, 0x10 | output);
      expect(bus.readU8(MSR)).toBe(input);
      bus.writeU8(MCR, 0x10);
      // The ring indicator tells when it falls.
      expect(bus.readU8(MSR)).toBe(output === 4 ? 0x04 : input & 0x0f);
    }
    bus.writeU8(IER, 0x08);
    bus.writeU8(MCR, 0x0b);
    expect([wire.high, bus.readU8(IIR), bus.readU8(MSR) & 0x0f, wire.high]).toEqual([true, 0xc0, 0x0b, false]);
  });

  it("forgets what it received when the FIFO is cleared or switched", () => {
    for (const control of [0xc3, 0x00]) {
      const { uart, bus } = initialized();
      uart.receive([1, 2]);
      bus.writeU8(FCR, control);
      expect(bus.readU8(LSR)).toBe(0x60);
    }
  });

  it("keeps the scratch register, and what cannot be written", () => {
    const { bus } = initialized();
    bus.writeU8(SCR, 0x5a);
    bus.writeU8(LSR, 0);
    bus.writeU8(MSR, 0);
    bus.writeU8(MCR, 0xeb);
    bus.writeU8(IER, 0xf1);
    expect([SCR, LSR, MSR, MCR, IER].map((port) => bus.readU8(port))).toEqual([0x5a, 0x60, 0xb0, 0x0b, 0x01]);
  });

  it("takes nothing of what is no bytes", () => {
    const { uart, bus } = initialized();
    for (const byte of [...NOT_INTEGERS, 256]) expect(() => uart.receive([1, byte])).toThrow(DeviceError);
    expect(bus.readU8(LSR)).toBe(0x60);
  });

  it("can be at other ports, from a multiple of 8 on", () => {
    const { uart, sent } = com1();
    const bus = new PortBus();
    for (const port of [...NOT_INTEGERS, 0x3f9]) expect(() => uart.attachTo(bus, port)).toThrow(DeviceError);
    uart.attachTo(bus, 0x2f8);
    bus.writeU8(0x2f8, 1);
    expect(sent).toEqual([1]);
  });
});
