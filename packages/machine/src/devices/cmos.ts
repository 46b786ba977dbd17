/**
 * The PC's clock with its battery-backed memory (Motorola MC146818).
 *
 * ```
 *   port 0x70  index, bits 6 … 0 (bit 7 masks the NMI, which this machine does not have); 0x71  the byte
 *
 *   0x00 seconds   0x02 minutes   0x04 hours (bit 7: PM)   0x06 day of the week, Sunday = 1
 *   0x07 day       0x08 month     0x09 year                0x32 century     (0x01, 0x03, 0x05: alarm, plain memory here)
 *   0x0a status A  bit 7: an update is near     0x0c status C  interrupt causes: none
 *   0x0b status B  bit 2: binary, else BCD; bit 1: 24 hours, else 12; bit 7: stop        0x0d status D  bit 7: battery good
 * ```
 * The date is that of the machine's own time, so it is the same in every run. Setting the time changes nothing; alarm and
 * periodic interrupts are not there.
 *
 * @see Motorola MC146818 data sheet; IBM PC/AT Technical Reference, "Real-Time Clock/CMOS RAM Information"
 * @module
 */
import type { Clock } from "../clock.ts";
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";
import { DeviceError } from "./errors.ts";

/** Port of the index; the data port is the next. */
export const CMOS_PORT = 0x70;

const STATUS_A = 0x0a;
const STATUS_B = 0x0b;
const STATUS_C = 0x0c;
const STATUS_D = 0x0d;
const CENTURY = 0x32;
const UPDATE_NEAR = 0x80;
const BINARY = 0x04;
const HOURS_24 = 0x02;
/** Nanoseconds for which status A announces an update. */
const UPDATE_NOTICE = 244_000;
const SECOND = 1_000_000_000;
const MILLISECOND = 1_000_000;
/** The first date that is too late. */
const END_OF_DATES: number = Date.UTC(9999, 0);

/**
 * @example
 * const cmos = new Cmos(new Clock(), Date.UTC(2018, 5, 26, 12, 34, 56));
 * cmos.writePort(0x70, 0);
 * cmos.readPort(0x71) // => 0x56
 */
export class Cmos implements PortDevice {
  private readonly clock: Clock;
  private startsAt: number;
  private readonly bytes = new Uint8Array(128);
  private index = 0;

  /**
   * @param startsAt - the date at the clock's 0, in milliseconds since 1970 as JavaScript counts them
   * @throws {@link DeviceError} `device/options` unless that is from 1970 to 9999
   */
  constructor(clock: Clock, startsAt: number = Date.UTC(2000, 0, 1)) {
    if (!Number.isInteger(startsAt) || startsAt < 0 || startsAt >= END_OF_DATES)
      throw new DeviceError("device/options", "milliseconds of a date from 1970 to 9998", startsAt);
    this.clock = clock;
    this.startsAt = startsAt;
    this.bytes[STATUS_A] = 0x26;
    this.bytes[STATUS_B] = HOURS_24;
    this.bytes[STATUS_D] = 0x80;
  }

  attachTo(bus: PortBus): void {
    bus.attach(CMOS_PORT, 2, this);
  }

  readPort(port: number): number {
    // The index register cannot be read.
    if (port === CMOS_PORT) return 0xff;
    const value = this.timeAt(this.index);
    if (value !== undefined) return value;
    if (this.index === STATUS_A) return this.bytes[STATUS_A]! | (this.isUpdateNear() ? UPDATE_NEAR : 0);
    return this.bytes[this.index]!;
  }

  writePort(port: number, value: number): void {
    if (port === CMOS_PORT) this.index = value & 0x7f;
    else if (this.index === STATUS_A) this.bytes[STATUS_A] = value & ~UPDATE_NEAR;
    else if (this.index !== STATUS_C && this.index !== STATUS_D) this.bytes[this.index] = value;
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.startsAt = state.integer(this.startsAt, 0, END_OF_DATES - 1);
    this.index = state.u8(this.index, 0x7f);
    state.bytes(this.bytes);
  }

  /** Status A warns shortly before the second turns. */
  private isUpdateNear(): boolean {
    return this.clock.now % SECOND >= SECOND - UPDATE_NOTICE;
  }

  private timeAt(index: number): number | undefined {
    const date = new Date(this.startsAt + Math.floor(this.clock.now / MILLISECOND));
    switch (index) {
      case 0x00:
        return this.coded(date.getUTCSeconds());
      case 0x02:
        return this.coded(date.getUTCMinutes());
      case 0x04:
        return this.codedHours(date.getUTCHours());
      case 0x06:
        return this.coded(date.getUTCDay() + 1);
      case 0x07:
        return this.coded(date.getUTCDate());
      case 0x08:
        return this.coded(date.getUTCMonth() + 1);
      case 0x09:
        return this.coded(date.getUTCFullYear() % 100);
      case CENTURY:
        return this.coded(Math.floor(date.getUTCFullYear() / 100));
      default:
        return undefined;
    }
  }

  private codedHours(hours: number): number {
    if ((this.bytes[STATUS_B]! & HOURS_24) !== 0) return this.coded(hours);
    return this.coded(((hours + 11) % 12) + 1) | (hours >= 12 ? 0x80 : 0);
  }

  private coded(value: number): number {
    return (this.bytes[STATUS_B]! & BINARY) !== 0 ? value : Math.floor(value / 10) * 16 + (value % 10);
  }
}
