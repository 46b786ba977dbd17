/**
 * The National Semiconductor 16550A UART, as COM1 of a PC.
 *
 * ```
 *   port    read                      written                              7     6     5     4     3     2     1     0
 *   +0      RBR  received byte        THR  byte to send
 *     DLAB  DLL  divisor, low         DLL
 *   +1      IER  interrupt enable     IER                             │  0  │  0  │  0  │  0  │MODEM│ LINE│ THRE│ DATA│
 *     DLAB  DLM  divisor, high        DLM
 *   +2      IIR  interrupt cause                                      │FIFOs on   │  0  │  0  │      cause      │ none│
 *                                     FCR  FIFO control               │trigger lvl│  –  │  –  │ DMA │clrTX│clrRX│  on │
 *   +3      LCR  line control         LCR                             │ DLAB│break│ stick even par. │stop │ bits − 5  │
 *   +4      MCR  modem control        MCR                             │  0  │  0  │  0  │ LOOP│ OUT2│ OUT1│ RTS │ DTR │
 *   +5      LSR  line status                                          │FIFOe│ TEMT│ THRE│break│ FE  │ PE  │ OE  │ DATA│
 *   +6      MSR  modem status                                         │ DCD │ RI  │ DSR │ CTS │ΔDCD │ TERI│ΔDSR │ΔCTS │
 *   +7      SCR  scratch              SCR
 * ```
 * Lines are infinitely fast: a byte written is sent at once, and what the host sends waits, unbounded, until the
 * receiver has room, so that nothing is overrun. Less than the trigger level in the FIFO counts as the character timeout.
 * As on a PC, OUT2 gates the interrupt.
 *
 * @see National Semiconductor PC16550D data sheet (1995), section 8
 * @module
 */
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";
import { ByteQueue } from "./byte-queue.ts";
import { checkByte, DeviceError } from "./errors.ts";
import { type InterruptLine, UNCONNECTED } from "./interrupt-line.ts";
import { UartModem } from "./uart-modem.ts";

/** First port of COM1, the post's serial port. */
export const COM1_PORT = 0x3f8;
/** IRQ of COM1. */
export const COM1_IRQ = 4;
const PORTS = 8;

const IER_DATA = 0x01;
const IER_THR_EMPTY = 0x02;
const IER_LINE = 0x04;
const IER_MODEM = 0x08;

/** IIR values, the most urgent first. */
const CAUSE_LINE = 0x06;
const CAUSE_DATA = 0x04;
const CAUSE_TIMEOUT = 0x0c;
const CAUSE_THR_EMPTY = 0x02;
const CAUSE_MODEM = 0x00;
const CAUSE_NONE = 0x01;
const IIR_FIFOS_ON = 0xc0;

const FCR_ON = 0x01;
const FCR_CLEAR_RECEIVER = 0x02;
const FCR_CLEAR_TRANSMITTER = 0x04;
/** Bytes in the receiver that interrupt, by FCR bits 7 and 6. */
const TRIGGER_LEVELS = [1, 4, 8, 14] as const;
const FIFO_SIZE = 16;

const LCR_WORD_LENGTH = 0x03;
const LCR_DLAB = 0x80;

const LSR_DATA = 0x01;
const LSR_OVERRUN = 0x02;
const LSR_THR_EMPTY = 0x20;
const LSR_TRANSMITTER_EMPTY = 0x40;
const LSR_ERRORS = 0x1e;

export interface UartOptions {
  /** Gets each byte sent, already cut to the word length. */
  readonly onTransmit?: (byte: number) => void;
  readonly interrupt?: InterruptLine;
}

/**
 * @example
 * const sent = [];
 * const uart = new Uart16550({ onTransmit: (byte) => sent.push(byte) });
 * uart.writePort(3, 0x03); // eight bits
 * uart.writePort(0, 0x41);
 * uart.receive([0x42]);
 * [sent, uart.readPort(0)] // => [[0x41], 0x42]
 */
export class Uart16550 implements PortDevice {
  private readonly onTransmit: ((byte: number) => void) | undefined;
  private readonly interrupt: InterruptLine;

  private ier = 0;
  private lcr = 0;
  private scr = 0;
  /** 9600 baud, as firmware leaves it. */
  private divisor = 12;
  private fifosOn = false;
  private trigger = 1;
  private errors = 0;
  private thrEmptyPending = false;
  private lastReceived = 0;
  /** Receiver: the FIFO, or the one buffer register. */
  private readonly received = new ByteQueue();
  /** What the host has sent and the receiver has no room for yet. */
  private readonly waiting = new ByteQueue();
  private readonly modem = new UartModem();

  constructor(options: UartOptions = {}) {
    this.onTransmit = options.onTransmit;
    this.interrupt = options.interrupt ?? UNCONNECTED;
  }

  /**
   * @param firstPort - a multiple of 8
   * @throws {@link DeviceError} `port/number`, `port/taken`
   */
  attachTo(bus: PortBus, firstPort: number = COM1_PORT): void {
    if (firstPort % PORTS !== 0) throw new DeviceError("port/number", "a port that is a multiple of 8", firstPort);
    bus.attach(firstPort, PORTS, this);
  }

  /** Bits per second: 115 200 divided by the divisor; undefined while that is 0. */
  get baudRate(): number | undefined {
    return this.divisor === 0 ? undefined : 115_200 / this.divisor;
  }

  /**
   * The host sends bytes down the line; in loopback mode the receiver is cut off from it and they wait.
   *
   * @throws {@link DeviceError} `device/byte`
   */
  receive(bytes: ArrayLike<number>): void {
    for (let i = 0; i < bytes.length; i++) checkByte(bytes[i]!);
    for (let i = 0; i < bytes.length; i++) this.waiting.push(bytes[i]!);
    this.refill();
    this.update();
  }

  readPort(port: number): number {
    const value = this.readRegister(port & 7);
    this.update();
    return value;
  }

  writePort(port: number, value: number): void {
    this.writeRegister(port & 7, value);
    this.update();
  }

  /** @internal saves or loads it; what was sent has left the machine */
  transfer(state: StateTransfer): void {
    this.ier = state.u8(this.ier, 0x0f);
    this.lcr = state.u8(this.lcr);
    this.scr = state.u8(this.scr);
    this.divisor = state.u16(this.divisor);
    this.fifosOn = state.flag(this.fifosOn);
    this.trigger = state.u8(this.trigger, FIFO_SIZE);
    this.errors = state.u8(this.errors, LSR_ERRORS);
    this.thrEmptyPending = state.flag(this.thrEmptyPending);
    this.lastReceived = state.u8(this.lastReceived);
    this.received.transfer(state);
    this.waiting.transfer(state);
    this.modem.transfer(state);
    state.check((TRIGGER_LEVELS as readonly number[]).includes(this.trigger), "a trigger level of the FIFO");
    state.check(this.received.length <= this.capacity(), "no more bytes than the receiver holds");
  }

  private readRegister(register: number): number {
    switch (register) {
      case 0:
        return this.seesDivisor() ? this.divisor & 0xff : this.readReceiver();
      case 1:
        return this.seesDivisor() ? this.divisor >> 8 : this.ier;
      case 2:
        return this.readCause();
      case 3:
        return this.lcr;
      case 4:
        return this.modem.control;
      case 5:
        return this.readLineStatus();
      case 6:
        return this.modem.readStatus();
      default:
        return this.scr;
    }
  }

  private writeRegister(register: number, value: number): void {
    switch (register) {
      case 0:
        if (this.seesDivisor()) this.divisor = (this.divisor & 0xff00) | value;
        else this.transmit(value);
        break;
      case 1:
        if (this.seesDivisor()) this.divisor = (value << 8) | (this.divisor & 0xff);
        else this.writeInterruptEnable(value & 0x0f);
        break;
      case 2:
        this.writeFifoControl(value);
        break;
      case 3:
        this.lcr = value;
        break;
      case 4:
        this.modem.control = value;
        this.refill();
        break;
      case 7:
        this.scr = value;
        break;
      // LSR and MSR: writing them is for the factory's tests.
    }
  }

  private seesDivisor(): boolean {
    return (this.lcr & LCR_DLAB) !== 0;
  }

  private transmit(value: number): void {
    const byte = value & (0xff >> (3 - (this.lcr & LCR_WORD_LENGTH)));
    // The byte fills the register for a moment: the interrupt line falls and rises again.
    this.thrEmptyPending = false;
    this.update();
    this.thrEmptyPending = true;
    if (!this.modem.isLooped) this.onTransmit?.(byte);
    else if (this.received.length < this.capacity()) this.received.push(byte);
    else this.overrun(byte);
  }

  /** A full FIFO keeps what it has; without it, the buffer register is overwritten. */
  private overrun(byte: number): void {
    this.errors |= LSR_OVERRUN;
    if (this.fifosOn) return;
    this.received.clear();
    this.received.push(byte);
  }

  private capacity(): number {
    return this.fifosOn ? FIFO_SIZE : 1;
  }

  private refill(): void {
    if (this.modem.isLooped) return;
    while (this.waiting.length > 0 && this.received.length < this.capacity()) this.received.push(this.waiting.shift()!);
  }

  private readReceiver(): number {
    const byte = this.received.shift();
    if (byte !== undefined) this.lastReceived = byte;
    this.refill();
    return this.lastReceived;
  }

  private writeInterruptEnable(value: number): void {
    // The transmitter is always empty, so switching its interrupt on raises it.
    if ((value & ~this.ier & IER_THR_EMPTY) !== 0) this.thrEmptyPending = true;
    this.ier = value;
  }

  private writeFifoControl(value: number): void {
    const on = (value & FCR_ON) !== 0;
    if (on !== this.fifosOn || (on && (value & FCR_CLEAR_RECEIVER) !== 0)) this.received.clear();
    if (on && (value & FCR_CLEAR_TRANSMITTER) !== 0) this.thrEmptyPending = true;
    this.fifosOn = on;
    this.trigger = on ? TRIGGER_LEVELS[value >> 6]! : 1;
    this.refill();
  }

  private readLineStatus(): number {
    const data = this.received.length > 0 ? LSR_DATA : 0;
    const status = LSR_TRANSMITTER_EMPTY | LSR_THR_EMPTY | this.errors | data;
    this.errors = 0;
    return status;
  }

  /** Reading the cause takes back the transmitter's request, if that is what it told. */
  private readCause(): number {
    const cause = this.cause();
    if (cause === CAUSE_THR_EMPTY) this.thrEmptyPending = false;
    return cause | (this.fifosOn ? IIR_FIFOS_ON : 0);
  }

  private cause(): number {
    if ((this.ier & IER_LINE) !== 0 && (this.errors & LSR_ERRORS) !== 0) return CAUSE_LINE;
    if ((this.ier & IER_DATA) !== 0 && this.received.length > 0)
      return this.received.length >= this.trigger ? CAUSE_DATA : CAUSE_TIMEOUT;
    if ((this.ier & IER_THR_EMPTY) !== 0 && this.thrEmptyPending) return CAUSE_THR_EMPTY;
    if ((this.ier & IER_MODEM) !== 0 && this.modem.hasChanged) return CAUSE_MODEM;
    return CAUSE_NONE;
  }

  private update(): void {
    if (this.modem.isGateOpen && this.cause() !== CAUSE_NONE) this.interrupt.raise();
    else this.interrupt.lower();
  }
}
