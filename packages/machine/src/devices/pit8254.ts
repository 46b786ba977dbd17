/**
 * The Intel 8254 of a PC: three counters at 1.193 MHz. Counter 0 is IRQ 0, counter 2 the speaker's tone.
 *
 * ```
 *   port                    7     6     5     4     3     2     1     0
 *   0x40 … 0x42  counter 0 … 2, low byte then high byte, or only one of them
 *   0x43  control word   │ counter   │ 1 low 2 high 3 both │    mode   │ BCD │     0 in bits 5–4: latch the count
 *         read-back      │  1  │  1  │/COUNT│/STAT│ counters 2 1 0  │  0  │     latches counts and status bytes
 *         status byte    │ OUT │NULL │ 1 low 2 high 3 both │ mode │ BCD │     NULL: the count is not loaded yet
 *   0x61  system control │  0  │  0  │ OUT2│ refr│  –  │  –  │spkr │gate2│     OUT2 and refresh only read
 * ```
 * A tick lasts 17 600 ⁄ 21 ns, exactly (a twelfth of 14.318 MHz). At the start all is as on QEMU after reset: counter 0
 * in mode 3 with the largest count, 65 536, so that IRQ 0 comes 18.2065 times a second; the first after 54.925 ms.
 *
 * @see Intel 82C54 data sheet, order number 231244; port 0x61: IBM PC/AT Technical Reference, "System Board I/O"
 * @module
 */
import type { Clock, ClockEvent } from "../clock.ts";
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";
import { type InterruptLine, UNCONNECTED } from "./interrupt-line.ts";
import { PitChannel } from "./pit-channel.ts";

/** Port of counter 0; the next are counter 1, counter 2 and the control word. */
export const PIT_PORT = 0x40;
/** Port of the gate and the speaker. */
export const SYSTEM_CONTROL_PORT = 0x61;
export const PIT_IRQ = 0;
/** Ticks in a second: 13 125 000 ⁄ 11, which is 1 193 181.8… */
export const PIT_FREQUENCY: number = 13_125_000 / 11;

/** A tick is NANOSECONDS ⁄ TICKS. */
const TICKS = 21;
const NANOSECONDS = 17_600;

const CONTROL = 3;
const READ_BACK = 3;
const READ_BACK_NO_COUNT = 0x20;
const READ_BACK_NO_STATUS = 0x10;
const ACCESS_LATCH = 0;
const ACCESS_LOW = 1;
const ACCESS_HIGH = 2;
const ACCESS_BOTH = 3;
/** Counter 1 refreshed the PC's memory every 15 µs. */
const REFRESH_COUNT = 18;

/** What a counter's port remembers between bytes. */
interface ChannelPort {
  readonly channel: PitChannel;
  access: number;
  /** The low byte, once written, until the high byte comes. */
  lowWritten: number | undefined;
  readsHigh: boolean;
  latchedCount: number | undefined;
  latchedStatus: number | undefined;
}

/**
 * @example
 * const clock = new Clock();
 * let ticks = 0;
 * const pit = new Pit8254(clock, { raise: () => ticks++, lower: () => undefined });
 * clock.advanceTo(SECOND);
 * ticks // => 18
 */
export class Pit8254 implements PortDevice {
  private readonly clock: Clock;
  private readonly interrupt: InterruptLine;
  private readonly ports: readonly ChannelPort[];
  private nextEdge: ClockEvent | undefined = undefined;
  private wasHigh: boolean;
  private speakerBits = 0;

  constructor(clock: Clock, interrupt: InterruptLine = UNCONNECTED) {
    this.clock = clock;
    this.interrupt = interrupt;
    this.ports = [channelPort(0x1_0000, true), channelPort(REFRESH_COUNT, true), channelPort(0x1_0000, false)];
    this.wasHigh = this.ports[0]!.channel.output(this.tick);
    this.schedule();
  }

  attachTo(bus: PortBus): void {
    bus.attach(PIT_PORT, 4, this);
    bus.attach(SYSTEM_CONTROL_PORT, 1, {
      readPort: () => this.readSystemControl(),
      writePort: (_port, value) => this.writeSystemControl(value),
    });
  }

  /** Ticks since the machine was switched on. */
  get tick(): number {
    const { now } = this.clock;
    const rest = now % NANOSECONDS;
    return ((now - rest) / NANOSECONDS) * TICKS + Math.floor((rest * TICKS) / NANOSECONDS);
  }

  /** Hertz of the tone that the speaker plays; undefined while it is silent. */
  get tone(): number | undefined {
    return this.speakerBits === 3 ? this.ports[2]!.channel.frequency(PIT_FREQUENCY, this.tick) : undefined;
  }

  /** @internal events of the clock that are this timer's */
  get scheduledEvents(): number {
    return this.nextEdge === undefined ? 0 : 1;
  }

  /** @internal saves or loads it; the clock has its time already */
  transfer(state: StateTransfer): void {
    for (const port of this.ports) {
      port.channel.transfer(state);
      port.access = state.u8(port.access, ACCESS_BOTH);
      port.lowWritten = state.optional(port.lowWritten, 0xff);
      port.readsHigh = state.flag(port.readsHigh);
      port.latchedCount = state.optional(port.latchedCount, 0xffff);
      port.latchedStatus = state.optional(port.latchedStatus, 0xff);
      state.check(port.access !== ACCESS_LATCH, "a way to access the counter");
    }
    this.wasHigh = state.flag(this.wasHigh);
    this.speakerBits = state.u8(this.speakerBits, 3);
    const at = state.optional(this.nextEdge?.at, Number.MAX_SAFE_INTEGER);
    const isPeriodic = state.flag(this.nextEdge?.isPeriodic === true);
    state.check((at ?? Infinity) >= this.clock.now, "the next edge not to be past");
    if (!state.isLoading) return;
    if (this.nextEdge !== undefined) this.clock.cancel(this.nextEdge);
    this.nextEdge = at === undefined ? undefined : this.clock.schedule(at, () => this.onEdge(), isPeriodic);
  }

  readPort(port: number): number {
    const index = port & 3;
    return index === CONTROL ? 0xff : this.readCounter(this.ports[index]!);
  }

  writePort(port: number, value: number): void {
    const index = port & 3;
    if (index === CONTROL) this.control(value);
    else this.writeCounter(this.ports[index]!, value);
    this.followOutput();
  }

  private control(word: number): void {
    const select = word >> 6;
    if (select === READ_BACK) {
      this.readBack(word);
      return;
    }
    const port = this.ports[select]!;
    const access = (word >> 4) & 3;
    if (access === ACCESS_LATCH) {
      port.latchedCount ??= port.channel.count(this.tick);
      return;
    }
    // Modes 6 and 7 are 2 and 3 again.
    const mode = (word >> 1) & 7;
    port.channel.program(mode > 5 ? mode - 4 : mode, (word & 1) !== 0, this.tick);
    port.access = access;
    port.lowWritten = undefined;
    port.readsHigh = false;
    port.latchedCount = undefined;
    port.latchedStatus = undefined;
  }

  private readBack(word: number): void {
    for (const [index, port] of this.ports.entries()) {
      if ((word & (2 << index)) === 0) continue;
      if ((word & READ_BACK_NO_COUNT) === 0) port.latchedCount ??= port.channel.count(this.tick);
      if ((word & READ_BACK_NO_STATUS) === 0) port.latchedStatus ??= this.status(port);
    }
  }

  private status(port: ChannelPort): number {
    const { channel, access } = port;
    const output = channel.output(this.tick) ? 0x80 : 0;
    const isNull = channel.isNull(this.tick) ? 0x40 : 0;
    return output | isNull | (access << 4) | (channel.mode << 1) | (channel.bcd ? 1 : 0);
  }

  private readCounter(port: ChannelPort): number {
    if (port.latchedStatus !== undefined) {
      const status = port.latchedStatus;
      port.latchedStatus = undefined;
      return status;
    }
    const count = port.latchedCount ?? port.channel.count(this.tick);
    const high = port.access === ACCESS_HIGH || (port.access === ACCESS_BOTH && port.readsHigh);
    if (port.access === ACCESS_BOTH) port.readsHigh = !high;
    // A latch holds until its last byte was read.
    if (port.access !== ACCESS_BOTH || high) port.latchedCount = undefined;
    return high ? count >> 8 : count & 0xff;
  }

  private writeCounter(port: ChannelPort, value: number): void {
    const { channel } = port;
    if (port.access === ACCESS_LOW) channel.write(value, this.tick);
    else if (port.access === ACCESS_HIGH) channel.write(value << 8, this.tick);
    else if (port.lowWritten === undefined) {
      port.lowWritten = value;
      channel.beginWrite(this.tick);
    } else {
      const low = port.lowWritten;
      port.lowWritten = undefined;
      channel.write((value << 8) | low, this.tick);
    }
  }

  private readSystemControl(): number {
    const refresh = Math.floor(this.tick / REFRESH_COUNT) % 2 === 0 ? 0 : 0x10;
    const output2 = this.ports[2]!.channel.output(this.tick) ? 0x20 : 0;
    return output2 | refresh | this.speakerBits;
  }

  private writeSystemControl(value: number): void {
    this.speakerBits = value & 3;
    this.ports[2]!.channel.setGate((value & 1) !== 0, this.tick);
  }

  /** Drives IRQ 0 as counter 0's output is, and comes back when that changes. */
  private followOutput(): void {
    const high = this.ports[0]!.channel.output(this.tick);
    if (high !== this.wasHigh) {
      this.wasHigh = high;
      if (high) this.interrupt.raise();
      else this.interrupt.lower();
    }
    this.schedule();
  }

  private schedule(): void {
    const change = this.ports[0]!.channel.nextChange(this.tick);
    const at = change === undefined ? undefined : timeOf(change);
    if (at === this.nextEdge?.at) return;
    if (this.nextEdge !== undefined) this.clock.cancel(this.nextEdge);
    const { mode } = this.ports[0]!.channel;
    const isPeriodic = mode === 2 || mode === 3;
    this.nextEdge = at === undefined ? undefined : this.clock.schedule(at, () => this.onEdge(), isPeriodic);
  }

  private onEdge(): void {
    this.nextEdge = undefined;
    this.followOutput();
  }
}

function channelPort(count: number, isGateHigh: boolean): ChannelPort {
  return {
    channel: new PitChannel(count, isGateHigh),
    access: ACCESS_BOTH,
    lowWritten: undefined,
    readsHigh: false,
    latchedCount: undefined,
    latchedStatus: undefined,
  };
}

/** The first whole nanosecond of a tick. */
function timeOf(tick: number): number {
  const rest = tick % TICKS;
  return ((tick - rest) / TICKS) * NANOSECONDS + Math.ceil((rest * NANOSECONDS) / TICKS);
}
