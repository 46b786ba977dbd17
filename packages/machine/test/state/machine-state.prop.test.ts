/** Whatever was done to a machine: what is loaded is the same machine, now and later. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteQueue } from "../../src/devices/byte-queue.ts";
import { Machine, tlbEntries } from "../../src/index.ts";
import { BASE, DATA_PAGES, made, protect, type Step, steps } from "./steps.ts";

describe("Machine.load", () => {
  it("gives a machine that answers every later access as the saved one does, and saves as the same bytes", () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const machine = made();
        run(machine, before);
        const file = machine.save();
        const loaded = Machine.load(file);
        expect(Buffer.compare(loaded.save(), file)).toBe(0);
        expect(registersOf(loaded)).toEqual(registersOf(machine));
        expect(run(loaded, after)).toEqual(run(machine, after));
        expect(Buffer.compare(loaded.save(), machine.save())).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});

/**
 * Not of the machine's state: RAM and views of it, what lasts for one access, what only tells the host of changes, and
 * places of caches that may hold what is no longer valid; those are compared as entries and as the file.
 */
const LEFT_OUT = [
  "ram",
  "i32",
  "data",
  "missed",
  "high",
  "low",
  "frames",
  "regions",
  "generation",
  "windowsOut",
  "evicted",
];

/** Every register of CPU, MMU and devices, also those that no port shows: a field that is not saved is found here. */
function registersOf(machine: Machine): unknown {
  const { cpu, mmu, interrupts, timer, keyboard, serial, screen, ports, clock } = machine;
  const others = [0x70, 0x80, 0x92, 0xf4].map((port) => ports.deviceAt(port));
  // Functions are left out by themselves; of a queue counts what is still in it.
  const text = JSON.stringify(
    [cpu.state, tlbEntries(mmu), interrupts, timer, keyboard, serial, screen.registers, clock, others],
    (key, value: unknown) => (LEFT_OUT.includes(key) ? undefined : value instanceof ByteQueue ? value.length : value),
  );
  return JSON.parse(text);
}

/** @returns what a kernel could see of it */
function run(machine: Machine, list: readonly Step[]): unknown[] {
  return list.map((step) => {
    switch (step.kind) {
      case "in":
        return machine.ports.readU8(step.port);
      case "out":
        return machine.ports.writeU8(step.port, step.value);
      case "time":
        return machine.clock.advanceTo(machine.clock.now + step.nanoseconds);
      case "key":
        return machine.keyboard.keyDown(step.key);
      case "serial":
        return machine.serial.receive([step.value]);
      case "read":
        return machine.cpu.memory.readU32(BASE + (step.offset % (DATA_PAGES * 4096)));
      case "write":
        return machine.cpu.memory.writeU32(BASE + (step.offset % (DATA_PAGES * 4096)), step.value);
      case "flush":
        return machine.mmu.flush(BASE + step.offset);
      case "space":
        return machine.cpu.registers.writeCr3KeepingTranslations(0x10_0000 + step.pcid);
      case "protect":
        return protect(machine, step);
      case "interrupt":
        return machine.interrupts.pending() ? machine.interrupts.acknowledge() : undefined;
    }
  });
}
