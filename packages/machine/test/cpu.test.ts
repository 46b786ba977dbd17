/** Exceptions, interrupts and what becomes of a kernel. */
import { Panic } from "@kmem/memory";
import { Cr2, PageFaultErrorCode, TaskStateSegment, type Hardware, type InterruptStackFrame } from "@kmem/x86-64";
import { describe, expect, it } from "vitest";
import { MachineError, SECOND, type Machine } from "../src/index.ts";
import { DATA, idtOf, Pc, STACK_TOP, TSS } from "./pc.ts";

const HEAP = 0x4444_4444_0000;
const HALTED = { kind: "halted", reason: "interrupts-off" };

function halt(hardware: Hardware): never {
  hardware.disableInterrupts();
  for (;;) hardware.hlt();
}

describe("a breakpoint", () => {
  it("calls its handler with a stack frame, and the program goes on", () => {
    const seen: number[] = [];
    const result = new Pc().run((hardware) => {
      const idt = idtOf(hardware);
      idt.breakpoint.setHandlerFn(hardware, (frame: InterruptStackFrame) => {
        seen.push(frame.stackPointer, hardware.registers.rsp);
      });
      idt.load(hardware);
      hardware.interrupt(3);
      seen.push(hardware.registers.rsp);
      halt(hardware);
    });
    expect(result).toEqual(HALTED);
    const [pushed, inside, after] = seen as [number, number, number];
    expect(pushed).toBe(STACK_TOP);
    expect(after).toBe(STACK_TOP);
    // SS, RSP, RFLAGS, CS, RIP.
    expect(STACK_TOP - inside).toBeGreaterThanOrEqual(5 * 8);
  });
});

describe("a page fault", () => {
  it("tells address and error code, and the access is made again when its cause was mended", () => {
    const pc = new Pc();
    const faults: [number, string][] = [];
    let read = 0;
    pc.run((hardware) => {
      const idt = idtOf(hardware);
      idt.pageFault.setHandlerFn(hardware, (_frame: InterruptStackFrame, code: number) => {
        faults.push([Cr2.read(hardware.registers), PageFaultErrorCode.debug(code)]);
        pc.map(Cr2.read(hardware.registers), 0x80_0000);
      });
      idt.load(hardware);
      hardware.memory.writeU32(HEAP + 8, 41);
      read = hardware.memory.readU32(HEAP + 8);
      halt(hardware);
    });
    expect(faults).toEqual([[HEAP + 8, "PageFaultErrorCode(CAUSED_BY_WRITE)"]]);
    expect(read).toBe(41);
    expect(pc.machine.ram.readU32(0x80_0008)).toBe(41);
  });

  it("becomes a double fault without a handler, on the stack that the TSS names", () => {
    const pc = new Pc();
    const STACK = 0x6000_0000_0000;
    pc.map(STACK, 0x88_0000, DATA, 2);
    let inside = 0;
    pc.run((hardware) => {
      const idt = idtOf(hardware);
      idt.doubleFault
        .setHandlerFn(hardware, () => {
          inside = hardware.registers.rsp;
          halt(hardware);
        })
        .setStackIndex(0);
      TaskStateSegment.new(hardware.memory, TSS).setInterruptStack(0, STACK + 8192);
      idt.load(hardware);
      hardware.memory.readU8(HEAP);
    });
    expect(inside).toBeGreaterThan(STACK);
    expect(inside).toBeLessThan(STACK + 8192);
  });

  it("resets the machine when a double fault cannot be delivered either, and tells how that came", () => {
    const result = new Pc().run((hardware) => hardware.memory.readU8(HEAP));
    expect(result.kind).toBe("reset");
    const report = String((result as { report: unknown }).report);
    expect(report).toContain("triple fault");
    expect(report).toContain("0x444444440000");
  });
});

/** A kernel that counts the timer's ticks, and does `body` after the third. */
function ticking(pc: Pc, body: (hardware: Hardware) => void): number[] {
  const times: number[] = [];
  pc.run((hardware) => {
    const { ports } = hardware;
    for (const port of [0x20, 0xa0]) ports.writeU8(port, 0x11);
    ports.writeU8(0x21, 32);
    ports.writeU8(0xa1, 40);
    ports.writeU8(0x21, 4);
    ports.writeU8(0xa1, 2);
    for (const port of [0x21, 0xa1]) ports.writeU8(port, 1);
    ports.writeU8(0x21, 0xfe);
    ports.writeU8(0xa1, 0xff);
    const idt = idtOf(hardware);
    idt.entry(32).setHandlerFn(hardware, () => {
      times.push(pc.machine.clock.now);
      ports.writeU8(0x20, 0x20);
    });
    idt.load(hardware);
    hardware.enableInterrupts();
    while (times.length < 3) hardware.hlt();
    body(hardware);
  });
  return times;
}

describe("the timer", () => {
  it("interrupts hlt 18.2 times a second of the machine's own time, the same in every run", () => {
    const run = (): number[] => ticking(new Pc({ stopWhenIdle: false }), halt);
    const times = run();
    expect(times).toHaveLength(3);
    expect((times[2]! - times[1]!) / SECOND).toBeCloseTo(0.0549, 3);
    expect(run()).toEqual(times);
  });

  it("does not keep a machine that waits for nothing else", () => {
    const pc = new Pc();
    ticking(pc, () => undefined);
    expect(pc.machine.result).toEqual({ kind: "halted", reason: "idle" });
  });

  it("stops at the time limit", () => {
    const pc = new Pc({ stopWhenIdle: false, timeLimit: SECOND });
    const result = pc.run((hardware) => {
      // Nothing that happens leads to an interrupt.
      for (const port of [0x21, 0xa1]) hardware.ports.writeU8(port, 0xff);
      hardware.enableInterrupts();
      for (;;) hardware.hlt();
    });
    expect(result).toEqual({ kind: "halted", reason: "time-limit" });
    expect(pc.machine.clock.now).toBeLessThanOrEqual(SECOND);
  });
});

describe("Machine", () => {
  it("says how a program ended", () => {
    expect(new Pc().run(() => undefined)).toEqual({ kind: "returned" });
    const panic = new Panic("boom");
    const panicking = (): never => {
      throw panic;
    };
    expect(new Pc().run(panicking)).toEqual({ kind: "panicked", error: panic });
    expect(new Pc().run(({ ports }) => ports.writeU32(0xf4, 0x10))).toEqual({
      kind: "exited",
      code: 0x10,
      status: 0x21,
    });
  });

  it("lets other errors out", () => {
    expect(() =>
      new Pc().run(() => {
        throw new RangeError("a bug in the test");
      }),
    ).toThrow(RangeError);
  });

  it("runs once", () => {
    const pc = new Pc();
    pc.run(() => undefined);
    expect(() => pc.run(() => undefined)).toThrow(MachineError);
  });

  it("stays stopped, whatever the program does", () => {
    const pc = new Pc();
    const result = pc.run((hardware) => {
      try {
        hardware.ports.writeU32(0xf4, 0x11);
      } catch {
        hardware.ports.writeU32(0xf4, 0x10);
      }
    });
    expect(result).toMatchObject({ kind: "exited", code: 0x11 });
  });

  it("knows nothing of other machines in the process", () => {
    const machines: Machine[] = [];
    const outer = new Pc();
    outer.run((hardware) => {
      const inner = new Pc();
      machines.push(outer.machine, inner.machine);
      inner.map(HEAP, 0x80_0000);
      outer.map(HEAP, 0x80_0000);
      hardware.memory.writeU32(HEAP, 1);
      inner.run((other) => {
        other.memory.writeU32(HEAP, 2);
        halt(other);
      });
      halt(hardware);
    });
    expect(machines.map((machine) => machine.ram.readU32(0x80_0000))).toEqual([1, 2]);
  });

  it("hands on what comes through the serial port", () => {
    const bytes: number[] = [];
    new Pc({ onSerial: (byte) => bytes.push(byte) }).run(({ ports }) => {
      // 8 data bits.
      ports.writeU8(0x3fb, 3);
      for (const char of "ok") ports.writeU8(0x3f8, char.charCodeAt(0));
    });
    expect(String.fromCharCode(...bytes)).toBe("ok");
  });

  it.each([
    { memory: 0 },
    { memory: 1000 },
    { memory: NaN },
    { memory: 2 ** 40 },
    { memory: new ArrayBuffer(100) },
    { timeLimit: -1 },
    { timeLimit: NaN },
    { physicalAddressBits: 100 },
  ])("cannot be made with %o", (options) => {
    expect(() => new Pc(options)).toThrow(expect.objectContaining({ code: "machine/option" }));
  });
});
