/**
 * The modem side of a 16550: two outputs that the UART drives, four inputs that it watches.
 *
 * ```
 *   MCR │  0  │  0  │  0  │ LOOP│ OUT2│ OUT1│ RTS │ DTR │      in loopback OUT2, OUT1, DTR, RTS
 *   MSR │ DCD │ RI  │ DSR │ CTS │ΔDCD │ TERI│ΔDSR │ΔCTS │      are seen as DCD, RI, DSR, CTS
 * ```
 * At the other end of the line somebody is always ready: DCD, DSR and CTS are on.
 *
 * @see National Semiconductor PC16550D data sheet (1995), 8.6.6 and 8.6.7
 * @module
 */
import type { StateTransfer } from "../state/transfer.ts";

const MCR_DTR = 0x01;
const MCR_RTS = 0x02;
const MCR_OUT1 = 0x04;
const MCR_OUT2 = 0x08;
const MCR_LOOP = 0x10;
const MCR_WRITABLE = 0x1f;

const MSR_CTS = 0x10;
const MSR_DSR = 0x20;
const MSR_RI = 0x40;
const MSR_DCD = 0x80;

export class UartModem {
  private mcr = 0;
  /** Inputs that changed since MSR was read, as its low four bits. */
  private changes = 0;

  /** MCR. */
  get control(): number {
    return this.mcr;
  }

  set control(value: number) {
    const before = this.inputs();
    this.mcr = value & MCR_WRITABLE;
    const now = this.inputs();
    // The ring indicator tells only when it falls.
    const changed = ((before ^ now) & ~MSR_RI) | (before & ~now & MSR_RI);
    this.changes |= changed >> 4;
  }

  get isLooped(): boolean {
    return (this.mcr & MCR_LOOP) !== 0;
  }

  /** Whether the interrupt gets out: a PC leads it through a gate that OUT2 opens, and in loopback that pin is off. */
  get isGateOpen(): boolean {
    return (this.mcr & (MCR_OUT2 | MCR_LOOP)) === MCR_OUT2;
  }

  get hasChanged(): boolean {
    return this.changes !== 0;
  }

  /** Reads MSR, which forgets the changes. */
  readStatus(): number {
    const status = this.inputs() | this.changes;
    this.changes = 0;
    return status;
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.mcr = state.u8(this.mcr, MCR_WRITABLE);
    this.changes = state.u8(this.changes, 0x0f);
  }

  private inputs(): number {
    if (!this.isLooped) return MSR_DCD | MSR_DSR | MSR_CTS;
    return (
      ((this.mcr & MCR_RTS) !== 0 ? MSR_CTS : 0) |
      ((this.mcr & MCR_DTR) !== 0 ? MSR_DSR : 0) |
      ((this.mcr & MCR_OUT1) !== 0 ? MSR_RI : 0) |
      ((this.mcr & MCR_OUT2) !== 0 ? MSR_DCD : 0)
    );
  }
}
