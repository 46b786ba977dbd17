/**
 * The two cascaded 8259A of a PC/AT.
 *
 * ```
 *   IRQ 0 timer ──▶┌────────┐ INT        IRQ  8 clock ──▶┌────────┐
 *   IRQ 1 keys ───▶│ master │──▶ CPU     IRQ  9 … 15 ───▶│ slave  │
 *   IRQ 2 ◀═══════ │ 0x20/1 │◀═══════════════════════════│ 0xa0/1 │
 *   IRQ 3 … 7 ────▶└────────┘        INT of the slave    └────────┘
 *
 *   priorities: 0 1 (8 9 10 11 12 13 14 15) 3 4 5 6 7
 *   0x4d0, 0x4d1: ELCR, one bit per level-triggered IRQ; 0, 1, 2, 8 and 13 are always edge-triggered
 * ```
 * It starts as SeaBIOS leaves it on QEMU: vectors 0x08 and 0x70; timer, keyboard, floppy, clock, mouse, FPU and disk
 * unmasked.
 *
 * @see Intel 8259A data sheet, order number 231468; Intel 82371AB (PIIX4) data sheet, 4.2.5.11 for ELCR
 * @module
 */
import type { PortBus, PortDevice } from "../ports.ts";
import type { StateTransfer } from "../state/transfer.ts";
import { DeviceError } from "./errors.ts";
import type { InterruptLine } from "./interrupt-line.ts";
import { Pic8259 } from "./pic8259.ts";

/** Command port of the master; its data port is the next. */
export const PIC_MASTER_PORT = 0x20;
/** Command port of the slave. */
export const PIC_SLAVE_PORT = 0xa0;
/** ELCR of the master; that of the slave is the next port. */
export const PIC_ELCR_PORT = 0x4d0;
/** The master's input where the slave is. */
const CASCADE = 2;
const ELCR_WRITABLE = [0xf8, 0xde] as const;

/**
 * @example
 * const pics = new Pic8259Pair();
 * pics.raise(1);
 * pics.pending() // => true
 * pics.acknowledge() // => 9
 */
export class Pic8259Pair {
  readonly master: Pic8259 = new Pic8259(() => undefined);
  readonly slave: Pic8259 = new Pic8259((high) => this.master.setInput(CASCADE, high), false);

  constructor() {
    initialize(this.master, PIC_MASTER_PORT, 0x08, 1 << CASCADE, 0xb8);
    initialize(this.slave, PIC_SLAVE_PORT, 0x70, CASCADE, 0x8e);
  }

  attachTo(bus: PortBus): void {
    const elcr: PortDevice = {
      readPort: (port) => this.chip(port & 1).levelTriggered,
      writePort: (port, value) =>
        this.chip(port & 1).setLevelTriggered(value & ELCR_WRITABLE[port === PIC_ELCR_PORT ? 0 : 1]),
    };
    bus.attach(PIC_MASTER_PORT, 2, this.master);
    bus.attach(PIC_SLAVE_PORT, 2, this.slave);
    bus.attach(PIC_ELCR_PORT, 2, elcr);
  }

  /**
   * Drives the line of an IRQ high; an edge-triggered one is requested once per rise.
   *
   * @param irq - 0 … 15, but not 2, where the slave is
   * @throws {@link DeviceError} `device/irq`
   */
  raise(irq: number): void {
    checkIrq(irq);
    this.chip(irq >> 3).setInput(irq & 7, true);
  }

  /** Drives it low. */
  lower(irq: number): void {
    checkIrq(irq);
    this.chip(irq >> 3).setInput(irq & 7, false);
  }

  /** The wire for a device. */
  line(irq: number): InterruptLine {
    checkIrq(irq);
    return { raise: () => this.raise(irq), lower: () => this.lower(irq) };
  }

  /** INTR: whether the CPU should call {@link acknowledge} once its interrupts are enabled. Cheap. */
  pending(): boolean {
    return this.master.output;
  }

  /**
   * INTA: takes the most urgent interrupt into service.
   *
   * When its request has gone meanwhile, the answer is IRQ 7's vector (15's, if it was the slave's), and nothing of
   * that number is in service: a spurious interrupt.
   *
   * @returns the vector, 0 … 255
   */
  acknowledge(): number {
    const level = this.master.acknowledge();
    if (!this.master.hasSlave(level)) return this.master.vector(level);
    return level === CASCADE ? this.slave.vector(this.slave.acknowledge()) : 0xff;
  }

  /** @internal saves or loads it */
  transfer(state: StateTransfer): void {
    this.master.transfer(state);
    this.slave.transfer(state);
  }

  private chip(index: number): Pic8259 {
    return index === 0 ? this.master : this.slave;
  }
}

function initialize(chip: Pic8259, port: number, offset: number, icw3: number, mask: number): void {
  chip.writePort(port, 0x11);
  for (const value of [offset, icw3, 0x01, mask]) chip.writePort(port + 1, value);
}

function checkIrq(irq: number): void {
  if (!Number.isInteger(irq) || irq < 0 || irq > 15 || irq === CASCADE)
    throw new DeviceError("device/irq", "an IRQ, 0 … 15 but not 2", irq);
}
