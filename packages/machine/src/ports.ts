/**
 * The I/O port bus: 65 536 byte-wide ports, each answered by at most one device.
 *
 * ```
 *   out dx, eax        port      port+1    port+2    port+3
 *                   ┌─────────┬─────────┬─────────┬─────────┐
 *                   │ bits 7…0│ 15…8    │ 23…16   │ 31…24   │   little-endian
 *                   └─────────┴─────────┴─────────┴─────────┘
 * ```
 * An access of two or four bytes goes to the device as a whole if one device that takes such accesses answers all of
 * its ports; else byte by byte, lowest port first, as the ISA bus does it for 8-bit cards.
 *
 * @see Intel SDM volume 1, chapter 19 "Input/Output"
 * @module
 */
import type { Ports } from "@kmem/x86-64";
import { DeviceError } from "./devices/errors.ts";

/** Number of ports. */
export const PORT_COUNT = 0x1_0000;

/** A device as the bus reaches it. Ports are the bus's numbers, not counted from the device's first. */
export interface PortDevice {
  /** @returns a byte */
  readPort(port: number): number;
  /** @param value - a byte */
  writePort(port: number, value: number): void;
  /**
   * Takes a whole access of 2 or 4 bytes; a device without this gets its bytes one by one.
   *
   * @returns 16 or 32 bits, unsigned
   */
  readWide?(port: number, bytes: 2 | 4): number;
  /** Likewise. @param value - 16 or 32 bits, unsigned */
  writeWide?(port: number, bytes: 2 | 4, value: number): void;
}

/**
 * The ports of one machine.
 *
 * @example new PortBus().readU16(0x80) // => 0xffff
 */
export class PortBus implements Ports {
  private readonly devices = new Map<number, PortDevice>();

  /**
   * Lets `device` answer `count` ports from `firstPort` on.
   *
   * @throws {@link DeviceError} `port/number` when they are not all ports, `port/taken` when one has a device already
   */
  attach(firstPort: number, count: number, device: PortDevice): void {
    checkPort(firstPort);
    if (!Number.isInteger(count) || count < 1 || count > PORT_COUNT - firstPort)
      throw new DeviceError("port/number", `a number of ports up to ${PORT_COUNT - firstPort}`, count);
    for (let port = firstPort; port < firstPort + count; port++)
      if (this.devices.has(port)) throw new DeviceError("port/taken", "a port without a device", port);
    for (let port = firstPort; port < firstPort + count; port++) this.devices.set(port, device);
  }

  /** The device that answers `port`, if any. */
  deviceAt(port: number): PortDevice | undefined {
    checkPort(port);
    return this.devices.get(port);
  }

  /** @throws {@link DeviceError} `port/number`, as every access */
  readU8(port: number): number {
    checkPort(port);
    return this.readByte(port);
  }

  readU16(port: number): number {
    checkPort(port);
    return this.read(port, 2);
  }

  readU32(port: number): number {
    checkPort(port);
    return this.read(port, 4) >>> 0;
  }

  /** @throws {@link DeviceError} `port/number`; `port/value` when the value does not fit, as every write */
  writeU8(port: number, value: number): void {
    checkPort(port);
    checkValue(value, 0xff);
    this.devices.get(port)?.writePort(port, value);
  }

  writeU16(port: number, value: number): void {
    checkPort(port);
    checkValue(value, 0xffff);
    this.write(port, 2, value);
  }

  writeU32(port: number, value: number): void {
    checkPort(port);
    checkValue(value, 0xffff_ffff);
    this.write(port, 4, value);
  }

  private read(port: number, bytes: 2 | 4): number {
    const whole = this.wholeDevice(port, bytes);
    if (whole?.readWide !== undefined) return whole.readWide(port, bytes);
    let value = 0;
    for (let i = 0; i < bytes; i++) value |= this.readByte(port + i) << (8 * i);
    return value;
  }

  private write(port: number, bytes: 2 | 4, value: number): void {
    const whole = this.wholeDevice(port, bytes);
    if (whole?.writeWide !== undefined) {
      whole.writeWide(port, bytes, value);
      return;
    }
    for (let i = 0; i < bytes; i++) this.devices.get(port + i)?.writePort(port + i, (value >>> (8 * i)) & 0xff);
  }

  private readByte(port: number): number {
    const device = this.devices.get(port);
    return device === undefined ? 0xff : device.readPort(port) & 0xff;
  }

  /** The device that answers every port of an access. Bytes beyond the last port reach nobody. */
  private wholeDevice(port: number, bytes: number): PortDevice | undefined {
    const device = this.devices.get(port);
    for (let i = 1; i < bytes; i++) if (this.devices.get(port + i) !== device) return undefined;
    return device;
  }
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port >= PORT_COUNT)
    throw new DeviceError("port/number", "a port, 0 … 0xffff", port);
}

function checkValue(value: number, max: number): void {
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new DeviceError("port/value", `an integer from 0 to 0x${max.toString(16)}`, value);
}
