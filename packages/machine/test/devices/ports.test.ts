import { describe, expect, it } from "vitest";
import { DeviceError, PortBus, type PortDevice } from "../../src/index.ts";
import { NOT_INTEGERS } from "./wrong-values.ts";

/** Eight bytes at a port, and a note of every access. */
class Bytes implements PortDevice {
  readonly bytes = new Uint8Array(8);
  readonly log: string[] = [];
  readPort(port: number): number {
    this.log.push(`read ${port}`);
    return this.bytes[port & 7]!;
  }
  writePort(port: number, value: number): void {
    this.log.push(`write ${port} ${value}`);
    this.bytes[port & 7] = value;
  }
}

class WideBytes extends Bytes {
  readWide(port: number, bytes: 2 | 4): number {
    this.log.push(`wide read ${port} ${bytes}`);
    return 0xffff_fffe;
  }
  writeWide(port: number, bytes: 2 | 4, value: number): void {
    this.log.push(`wide write ${port} ${bytes} ${value}`);
  }
}

describe("PortBus", () => {
  it("reads all ones where no device is, and drops what is written there", () => {
    const bus = new PortBus();
    bus.writeU32(0x80, 1);
    expect([bus.readU8(0), bus.readU16(0x80), bus.readU32(0xffff)]).toEqual([0xff, 0xffff, 0xffff_ffff]);
  });

  it("splits wide accesses into bytes, lowest port first", () => {
    const bus = new PortBus();
    const device = new Bytes();
    bus.attach(0x10, 8, device);
    bus.writeU32(0x10, 0xf4e3_d2c1);
    bus.writeU16(0x14, 0x0605);
    expect(Array.from(device.bytes)).toEqual([0xc1, 0xd2, 0xe3, 0xf4, 5, 6, 0, 0]);
    expect(device.log[0]).toBe("write 16 193");
    expect(bus.readU32(0x10)).toBe(0xf4e3_d2c1);
    expect(bus.readU16(0x13)).toBe(0x05f4);
  });

  it("gives a wide access whole to a device that takes it and answers all of its ports", () => {
    const bus = new PortBus();
    const device = new WideBytes();
    bus.attach(0xf4, 4, device);
    bus.writeU32(0xf4, 0xffff_ffff);
    bus.writeU16(0xf6, 3);
    expect(bus.readU32(0xf4)).toBe(0xffff_fffe);
    bus.writeU16(0xf7, 0x0102);
    expect(device.log).toEqual(["wide write 244 4 4294967295", "wide write 246 2 3", "wide read 244 4", "write 247 2"]);
  });

  it("splits an access over two devices, and lets bytes beyond the last port reach nobody", () => {
    const bus = new PortBus();
    const [first, last] = [new Bytes(), new Bytes()];
    bus.attach(0xfffe, 1, first);
    bus.attach(0xffff, 1, last);
    bus.writeU32(0xfffe, 0x0403_0201);
    expect([first.bytes[6], last.bytes[7]]).toEqual([1, 2]);
    expect(bus.readU32(0xfffe)).toBe(0xffff_0201);
  });

  it("keeps a port for the device that has it, and attaches nothing when one port is taken", () => {
    const bus = new PortBus();
    const device = new Bytes();
    bus.attach(5, 1, device);
    expect(() => bus.attach(3, 4, new Bytes())).toThrow(expect.objectContaining({ code: "port/taken", value: 5 }));
    expect([bus.deviceAt(3), bus.deviceAt(5)]).toEqual([undefined, device]);
  });

  it("refuses what is no port, no value and no count", () => {
    const bus = new PortBus();
    const device = new Bytes();
    bus.attach(0, 8, device);
    for (const port of [...NOT_INTEGERS, 0x1_0000]) {
      const error = expect.objectContaining({ name: "DeviceError", code: "port/number" }) as DeviceError;
      for (const read of [() => bus.readU8(port), () => bus.readU16(port), () => bus.readU32(port)])
        expect(read).toThrow(error);
      for (const write of [() => bus.writeU8(port, 0), () => bus.writeU16(port, 0), () => bus.writeU32(port, 0)])
        expect(write).toThrow(error);
      expect(() => bus.attach(port, 1, device)).toThrow(error);
      expect(() => bus.attach(0xffff, port === 0x1_0000 ? 2 : port, device)).toThrow(error);
      expect(() => bus.deviceAt(port)).toThrow(error);
    }
    for (const value of NOT_INTEGERS) {
      const error = expect.objectContaining({ code: "port/value" }) as DeviceError;
      expect(() => bus.writeU8(0, value)).toThrow(error);
      expect(() => bus.writeU16(0, value)).toThrow(error);
      expect(() => bus.writeU32(0, value)).toThrow(error);
    }
    expect(() => bus.writeU8(0, 0x100)).toThrow("0xff, got 0x100");
    expect(() => bus.writeU16(0, 0x1_0000)).toThrow(DeviceError);
    expect(() => bus.writeU32(0, 2 ** 32)).toThrow(DeviceError);
    expect(device.log).toEqual([]);
  });
});
