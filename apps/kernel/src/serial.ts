/**
 * The first serial port: what a test prints for the host.
 *
 * @see blog_os, post 4, and its crate `uart_16550`: https://os.phil-opp.com/testing/#serial-port
 * @module
 */
import { LOCK_SIZE, Mutex } from "@kmem/spin";
import type { Ports } from "@kmem/x86-64";
import { formatArguments } from "./fmt.ts";
import { withoutInterrupts } from "./interrupts-flag.ts";
import { hardware, lazyStatic } from "./statics.ts";

/** Port of COM1's first register. */
const COM1 = 0x3f8;

const INTERRUPT_ENABLE = 1;
const FIFO_CONTROL = 2;
const LINE_CONTROL = 3;
const MODEM_CONTROL = 4;
const LINE_STATUS = 5;
const OUTPUT_EMPTY = 0x20;

/** A 16550 UART at 38 400 baud, 8 data bits, no parity. */
export class SerialPort {
  private readonly ports: Ports;
  private readonly base: number;

  constructor(ports: Ports, base: number) {
    this.ports = ports;
    this.base = base;
  }

  init(): void {
    const { ports, base } = this;
    ports.writeU8(base + INTERRUPT_ENABLE, 0x00);
    // With DLAB set the first two registers are the divisor: 3.
    ports.writeU8(base + LINE_CONTROL, 0x80);
    ports.writeU8(base, 0x03);
    ports.writeU8(base + 1, 0x00);
    ports.writeU8(base + LINE_CONTROL, 0x03);
    ports.writeU8(base + FIFO_CONTROL, 0xc7);
    ports.writeU8(base + MODEM_CONTROL, 0x0b);
    ports.writeU8(base + INTERRUPT_ENABLE, 0x01);
  }

  send(byte: number): void {
    while ((this.ports.readU8(this.base + LINE_STATUS) & OUTPUT_EMPTY) === 0);
    this.ports.writeU8(this.base, byte);
  }

  writeStr(text: string): void {
    for (const char of text) for (const byte of utf8(char.codePointAt(0)!)) this.send(byte);
  }
}

export const SERIAL1: () => Mutex<SerialPort> = lazyStatic(LOCK_SIZE, 8, (at) => {
  const { memory, ports } = hardware();
  const port = new SerialPort(ports, COM1);
  port.init();
  return Mutex.new(memory, at, port);
});

/** Prints to the host through the serial port: `serial_print!`. */
export function serialPrint(format: string, ...args: unknown[]): void {
  withoutInterrupts(() => {
    using port = SERIAL1().lock();
    formatArguments(port.value, format, args);
  });
}

/** Prints a line to the host: `serial_println!`. */
export function serialPrintln(format = "", ...args: unknown[]): void {
  serialPrint(`${format}\n`, ...args);
}

/** The bytes of a character. */
function utf8(code: number): number[] {
  if (code < 0x80) return [code];
  const rest = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x800) return [0xc0 | (code >> 6), rest(0)];
  if (code < 0x1_0000) return [0xe0 | (code >> 12), rest(6), rest(0)];
  return [0xf0 | (code >> 18), rest(12), rest(6), rest(0)];
}
