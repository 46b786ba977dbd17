/**
 * The interrupt descriptor table: 256 gates, in memory.
 *
 * ```
 *   0 …… 31    the CPU's exceptions, by name
 *   32 … 255   interrupts, by vector
 * ```
 *
 * @see Intel SDM volume 3A, 6.10; https://docs.rs/x86_64/0.15.4/x86_64/structures/idt/struct.InterruptDescriptorTable.html
 * @module
 */
import type { Memory, Ptr } from "@kmem/memory";
import type { Hardware } from "../hardware.ts";
import { checkField } from "./errors.ts";
import { ExceptionVector } from "./exception-vector.ts";
import { IdtEntry } from "./idt-entry.ts";
import { checkPointer } from "./interrupt-stack-frame.ts";

const ENTRIES = 256;

/** A table of 256 gates. */
export class InterruptDescriptorTable {
  /** Bytes. */
  static readonly SIZE = 4096;
  readonly address: Ptr;
  private readonly memory: Memory;

  /** The table whose bytes are at `address`. */
  constructor(memory: Memory, address: Ptr) {
    checkPointer(address);
    this.memory = memory;
    this.address = address;
  }

  /** Writes a table in which no gate is present. */
  static new(memory: Memory, address: Ptr): InterruptDescriptorTable {
    const idt = new InterruptDescriptorTable(memory, address);
    idt.reset();
    return idt;
  }

  /** Makes every gate not present. */
  reset(): void {
    for (let vector = 0; vector < ENTRIES; vector++) this.entry(vector).clear();
  }

  /** The gate of any vector. @param vector - 0 … 255 @throws {@link StructureError} `structure/vector` */
  entry(vector: number): IdtEntry {
    checkField("structure/vector", "a vector", vector, ENTRIES - 1);
    return new IdtEntry(this.memory, this.address + IdtEntry.SIZE * vector);
  }

  /** `lidt`. */
  load(hardware: Pick<Hardware, "loadIdt">): void {
    hardware.loadIdt(this.address, InterruptDescriptorTable.SIZE - 1);
  }

  /** #DE, vector 0. */
  get divideError(): IdtEntry {
    return this.entry(ExceptionVector.Division);
  }
  /** #DB, vector 1. */
  get debug(): IdtEntry {
    return this.entry(ExceptionVector.Debug);
  }
  /** NMI, vector 2. */
  get nonMaskableInterrupt(): IdtEntry {
    return this.entry(ExceptionVector.NonMaskableInterrupt);
  }
  /** #BP, vector 3: `int3`. */
  get breakpoint(): IdtEntry {
    return this.entry(ExceptionVector.Breakpoint);
  }
  /** #OF, vector 4. */
  get overflow(): IdtEntry {
    return this.entry(ExceptionVector.Overflow);
  }
  /** #BR, vector 5. */
  get boundRangeExceeded(): IdtEntry {
    return this.entry(ExceptionVector.BoundRange);
  }
  /** #UD, vector 6. */
  get invalidOpcode(): IdtEntry {
    return this.entry(ExceptionVector.InvalidOpcode);
  }
  /** #NM, vector 7. */
  get deviceNotAvailable(): IdtEntry {
    return this.entry(ExceptionVector.DeviceNotAvailable);
  }
  /** #DF, vector 8; its error code is 0. Give it a stack of its own. */
  get doubleFault(): IdtEntry {
    return this.entry(ExceptionVector.Double);
  }
  /** #TS, vector 10; with a {@link SelectorErrorCode}, as the next three. */
  get invalidTss(): IdtEntry {
    return this.entry(ExceptionVector.InvalidTss);
  }
  /** #NP, vector 11. */
  get segmentNotPresent(): IdtEntry {
    return this.entry(ExceptionVector.SegmentNotPresent);
  }
  /** #SS, vector 12. */
  get stackSegmentFault(): IdtEntry {
    return this.entry(ExceptionVector.Stack);
  }
  /** #GP, vector 13. */
  get generalProtectionFault(): IdtEntry {
    return this.entry(ExceptionVector.GeneralProtection);
  }
  /** #PF, vector 14; with a {@link PageFaultErrorCode}. The address is in CR2. */
  get pageFault(): IdtEntry {
    return this.entry(ExceptionVector.Page);
  }
  /** #MF, vector 16. */
  get x87FloatingPoint(): IdtEntry {
    return this.entry(ExceptionVector.X87FloatingPoint);
  }
  /** #AC, vector 17; its error code is 0. */
  get alignmentCheck(): IdtEntry {
    return this.entry(ExceptionVector.AlignmentCheck);
  }
  /** #MC, vector 18. */
  get machineCheck(): IdtEntry {
    return this.entry(ExceptionVector.MachineCheck);
  }
  /** #XM, vector 19. */
  get simdFloatingPoint(): IdtEntry {
    return this.entry(ExceptionVector.SimdFloatingPoint);
  }
  /** #VE, vector 20. */
  get virtualization(): IdtEntry {
    return this.entry(ExceptionVector.Virtualization);
  }
  /** #CP, vector 21, with an error code. */
  get cpProtectionException(): IdtEntry {
    return this.entry(ExceptionVector.ControlProtection);
  }
  /** #HV, vector 28. */
  get hvInjectionException(): IdtEntry {
    return this.entry(ExceptionVector.HypervisorInjection);
  }
  /** #VC, vector 29, with an error code. */
  get vmmCommunicationException(): IdtEntry {
    return this.entry(ExceptionVector.VmmCommunication);
  }
  /** #SX, vector 30, with an error code. */
  get securityException(): IdtEntry {
    return this.entry(ExceptionVector.Security);
  }
}
