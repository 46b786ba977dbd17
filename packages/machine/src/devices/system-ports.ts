/**
 * Two small ports of a PC's chipset.
 *
 * ```
 *   0x80   POST code: the last byte written can be read again; drivers write here to wait for about a microsecond
 *   0x92   bit 1: address line 20 is on (this machine always has it); writing bit 0 as 1 resets the CPU
 * ```
 *
 * @see IBM PC/AT Technical Reference, "I/O Address Map"; IBM PS/2 Hardware Interface Technical Reference, "System Control Port A"
 * @module
 */
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";

export const POST_PORT = 0x80;
export const SYSTEM_CONTROL_A_PORT = 0x92;

const A20 = 0x02;
const RESET = 0x01;

/** @example new PostCodePort().code // => 0 */
export class PostCodePort implements PortDevice {
  private last = 0;

  /** The last byte written. */
  get code(): number {
    return this.last;
  }

  attachTo(bus: PortBus): void {
    bus.attach(POST_PORT, 1, this);
  }

  readPort(_port: number): number {
    return this.last;
  }

  writePort(_port: number, value: number): void {
    this.last = value;
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.last = state.u8(this.last);
  }
}

/** @example new SystemControlPortA().readPort(0x92) // => 2 */
export class SystemControlPortA implements PortDevice {
  private readonly onReset: (() => void) | undefined;
  private bits = A20;

  /** @param onReset - the kernel asks for a reset of the CPU */
  constructor(onReset?: () => void) {
    this.onReset = onReset;
  }

  attachTo(bus: PortBus): void {
    bus.attach(SYSTEM_CONTROL_A_PORT, 1, this);
  }

  readPort(_port: number): number {
    return this.bits;
  }

  writePort(_port: number, value: number): void {
    const rises = (value & ~this.bits & RESET) !== 0;
    this.bits = value;
    if (rises) this.onReset?.();
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.bits = state.u8(this.bits);
  }
}
