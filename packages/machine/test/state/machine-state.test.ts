import { Panic } from "@kmem/memory";
import { Cr4Flags, Size1GiB, Size2MiB, type Hardware, type InterruptDescriptorTable } from "@kmem/x86-64";
import { describe, expect, it } from "vitest";
import { Machine, MachineError, MachineStateError, TripleFault } from "../../src/index.ts";
import { DATA, GLOBAL, idtOf, IDT, MIB, Pc, RAM, TEXT } from "../pc.ts";

const BUFFER = 0x4444_4444_0000;
const PIC_DATA = 0x21;

/** A kernel that counts the timer's ticks in memory; what is its own lies in the machine only. */
function countTicks(hardware: Hardware): void {
  hardware.memory.addU32(BUFFER, 1);
  hardware.ports.writeU8(0x20, 0x20);
}

function ticking(): Pc {
  const pc = new Pc({ stopWhenIdle: false });
  pc.map(BUFFER, 0x60_0000, DATA | GLOBAL);
  return pc;
}

function setUp(hardware: Hardware): InterruptDescriptorTable {
  const idt = idtOf(hardware);
  idt.entry(8).setHandlerFn(hardware, function onTick() {
    countTicks(hardware);
  });
  idt.load(hardware);
  hardware.ports.writeU8(PIC_DATA, 0xfe);
  hardware.enableInterrupts();
  return idt;
}

describe("Machine.save", () => {
  it("gives what loads as the same RAM, registers, caches and devices", () => {
    const pc = ticking();
    const { machine } = pc;
    machine.keyboard.type("save me");
    machine.serial.receive([1, 2, 3]);
    pc.run((hardware) => {
      setUp(hardware);
      for (let i = 0; i < 3; i++) hardware.hlt();
      hardware.ports.writeU8(0x3d4, 0x0e);
      hardware.ports.writeU8(0x3d5, 0x07);
    });
    const file = machine.save();
    const loaded = Machine.load(file);

    expect(Buffer.compare(loaded.ram.views.u8, machine.ram.views.u8)).toBe(0);
    for (const name of ["cr0", "cr2", "cr3", "cr4", "efer", "rflags", "rip", "rsp", "cs", "ss", "cpl"] as const)
      expect([name, loaded.cpu.registers[name]]).toEqual([name, machine.cpu.registers[name]]);
    for (const table of ["gdt", "idt", "tss"] as const)
      expect(loaded.cpu.state[table]).toEqual(machine.cpu.state[table]);
    for (const array of ["pages", "readTags", "writeTags"] as const)
      expect(Array.from(loaded.mmu.cache[array])).toEqual(Array.from(machine.mmu.cache[array]));
    expect(loaded.clock.now).toBe(machine.clock.now);
    expect(loaded.clock.nextEventAt()).toBe(machine.clock.nextEventAt());
    expect(loaded.interrupts.master.state).toEqual(machine.interrupts.master.state);
    expect(loaded.screen.snapshot()).toEqual(machine.screen.snapshot());
    expect(loaded.result).toEqual(machine.result);
    expect(loaded.cpu.code.nameAt(TEXT)).toBe("kernel");
    expect(Buffer.compare(loaded.save(), file)).toBe(0);
  });

  it("takes no room for RAM that is zero", () => {
    const machine = new Machine({ memory: 64 * MIB });
    machine.ram.writeU8(0x5000, 1);
    expect(machine.save().length).toBeLessThan(4096 + 3000);
  });

  it("is refused while the host has events of its own, and while one runs", () => {
    const machine = new Machine({ memory: MIB });
    const refusals: unknown[] = [];
    const event = machine.clock.schedule(10, () => {
      try {
        machine.save();
      } catch (error) {
        refusals.push(error);
      }
    });
    expect(() => machine.save()).toThrow(MachineStateError);
    expect(() => machine.save()).toThrow("1 of the host's");
    machine.clock.advanceTo(20);
    expect(machine.clock.cancel(event)).toBe(false);
    expect(refusals).toEqual([expect.objectContaining({ code: "machine-state/not-savable" })]);
    expect(machine.save().length).toBeGreaterThan(100);
  });
});

describe("Machine.load", () => {
  it("gives a machine that goes on exactly as the saved one", () => {
    const waitFor = (hardware: Hardware, ticks: number): void => {
      while (hardware.memory.readU32(BUFFER) < ticks) hardware.hlt();
    };
    let file: Uint8Array = new Uint8Array();
    const pc = ticking();
    pc.run((hardware) => {
      setUp(hardware);
      waitFor(hardware, 5);
      file = pc.machine.save();
      waitFor(hardware, 12);
    });

    const loaded = Machine.load(file, { stopWhenIdle: false });
    expect(loaded.result).toBeUndefined();
    loaded.run((hardware) => {
      // The same module's code registers again, and has its old address.
      const { rsp } = hardware.registers;
      setUpAgain(hardware);
      expect(hardware.registers.rsp).toBe(rsp);
      waitFor(hardware, 12);
    });
    expect(loaded.ram.readU32(0x60_0000)).toBe(12);
    expect(Buffer.compare(loaded.save(), pc.machine.save())).toBe(0);
  });

  it("finds functions by name, and says what is missing when one is entered that was not given", () => {
    const pc = new Pc();
    pc.run((hardware) => {
      const idt = idtOf(hardware);
      idt.breakpoint.setHandlerFn(hardware, function onBreakpoint() {
        hardware.memory.writeU32(IDT + 0x2000 - 4, 1);
      });
      idt.load(hardware);
    });
    const file = pc.machine.save();

    const without = Machine.load(file, { resume: true });
    expect(() => without.run((hardware) => hardware.interrupt(3))).toThrow(MachineError);
    const again = Machine.load(file, { resume: true });
    expect(() => again.run((hardware) => hardware.interrupt(3))).toThrow('the function "onBreakpoint" at 0x200010');

    const entered: string[] = [];
    const known = Machine.load(file, {
      resume: true,
      functionFor: (name, address) =>
        name === "onBreakpoint" ? () => void entered.push(`${name} ${address}`) : undefined,
    });
    expect(known.run((hardware) => hardware.interrupt(3)).kind).toBe("returned");
    expect(entered).toEqual([`onBreakpoint ${TEXT + 16}`]);
  });

  it("keeps how the run had ended, unless it is to resume", () => {
    const exited = new Pc();
    exited.run((hardware) => hardware.ports.writeU32(0xf4, 0x10));
    expect(Machine.load(exited.machine.save()).result).toEqual({ kind: "exited", code: 0x10, status: 33 });
    expect(() => Machine.load(exited.machine.save()).run(() => undefined)).toThrow("a machine runs one program, once");
    const resumed = Machine.load(exited.machine.save(), { resume: true });
    expect(resumed.run(() => undefined)).toEqual({ kind: "returned" });

    const reset = new Pc();
    reset.run((hardware) => void hardware.memory.readU8(0x1234));
    const { result } = Machine.load(reset.machine.save());
    expect(result).toEqual(reset.machine.result);
    expect(result?.kind === "reset" && result.report).toBeInstanceOf(TripleFault);

    const halted = new Pc();
    halted.run((hardware) => hardware.hlt());
    expect(Machine.load(halted.machine.save()).result).toEqual({ kind: "halted", reason: "interrupts-off" });

    const panicked = new Machine({ memory: MIB });
    expect(() => panicked.stop({ kind: "panicked", error: new Panic("no hope") })).toThrow("panicked");
    const after = Machine.load(panicked.save()).result;
    expect(after?.kind === "panicked" ? [after.error.name, after.error.message] : after).toEqual(["Panic", "no hope"]);
  });

  it("keeps stale translations, of all page sizes and of other address spaces, with their pieces", () => {
    const pc = new Pc();
    pc.mapLarge(0x4000_0000_0000, 0x80_0000, Size2MiB, DATA | GLOBAL);
    pc.mapLarge(0x5000_0000_0000, 0, Size1GiB, DATA);
    let file: Uint8Array = new Uint8Array();
    pc.run(({ memory, registers }) => {
      registers.cr4 |= Cr4Flags.PCID;
      for (const at of [0x4000_0000_0000, 0x4000_0000_7000, 0x5000_0030_0000]) memory.writeU32(at, at % 97);
      registers.writeCr3KeepingTranslations(registers.cr3 | 5);
      memory.writeU32(0x4000_0000_1000, 7);
      file = pc.machine.save();
    });
    const loaded = Machine.load(file);
    expect(Buffer.compare(loaded.save(), file)).toBe(0);
    const { cache } = loaded.mmu;
    const held = (): number => cache.pages.filter((page) => page >= 0x4000_0000_0000 && page < 0x4000_0020_0000).length;
    expect(held()).toBe(3);
    loaded.mmu.flush(0x4000_001f_f000);
    expect(held()).toBe(0);
    expect(cache.salt).not.toBe(0);
  });

  it("uses the buffer that it is given, of the right size", () => {
    const machine = new Machine({ memory: MIB });
    machine.ram.writeU32(0x3000, 77);
    const memory = new SharedArrayBuffer(MIB);
    new Uint8Array(memory).fill(0xee);
    const loaded = Machine.load(machine.save(), { memory });
    expect(new Uint32Array(memory)[0x3000 / 4]).toBe(77);
    expect(new Uint8Array(memory)[0x5000]).toBe(0);
    expect(loaded.ram.byteLength).toBe(MIB);
    expect(() => Machine.load(machine.save(), { memory: new ArrayBuffer(RAM) })).toThrow(MachineError);
    expect(() => Machine.load(machine.save(), { timeLimit: NaN })).toThrow(MachineError);
  });

  it("keeps what the CPU offers", () => {
    const machine = new Machine({ memory: MIB, physicalAddressBits: 48, hugePages1G: false });
    const { mmu } = Machine.load(machine.save());
    expect([mmu.physicalAddressBits, mmu.hugePages1G]).toEqual([48, false]);
  });
});

/** As a kernel whose descriptor tables are in memory already: only the handler, which is JavaScript, is missing. */
function setUpAgain(hardware: Hardware): void {
  const address = hardware.code.addressOf(() => countTicks(hardware), "onTick");
  expect(address).toBe(TEXT + 16);
}
