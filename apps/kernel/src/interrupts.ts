/**
 * Exceptions and hardware interrupts.
 *
 * @see blog_os, posts 5 to 7: https://os.phil-opp.com/cpu-exceptions/
 * @module
 */
import { LOCK_SIZE, Mutex } from "@kmem/spin";
import { hex, Panic } from "@kmem/memory";
import { Cr2, InterruptDescriptorTable, PageFaultErrorCode, type InterruptStackFrame, type Ports } from "@kmem/x86-64";
import { DOUBLE_FAULT_IST_INDEX } from "./gdt.ts";
import { hltLoop } from "./hlt-loop.ts";
import { KeyboardDecoder } from "./keyboard.ts";
import { hardware, lazyStatic } from "./statics.ts";
import { print, println } from "./vga-buffer.ts";

/** Vectors of the first controller's eight lines; below 32 are the CPU's own exceptions. */
export const PIC_1_OFFSET = 32;
export const PIC_2_OFFSET: number = PIC_1_OFFSET + 8;

export const InterruptIndex = { Timer: 32, Keyboard: 33 } as const;

const PIC_1_COMMAND = 0x20;
const PIC_1_DATA = 0x21;
const PIC_2_COMMAND = 0xa0;
const PIC_2_DATA = 0xa1;
const END_OF_INTERRUPT = 0x20;
const KEYBOARD_DATA = 0x60;

/** The two 8259 interrupt controllers, chained: the crate `pic8259`. */
export class ChainedPics {
  private readonly ports: Ports;

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /** Moves the lines' vectors to {@link PIC_1_OFFSET}, away from the exceptions. Masks stay as they were. */
  initialize(): void {
    const { ports } = this;
    const masks = [ports.readU8(PIC_1_DATA), ports.readU8(PIC_2_DATA)] as const;
    for (const port of [PIC_1_COMMAND, PIC_2_COMMAND]) ports.writeU8(port, 0x11);
    ports.writeU8(PIC_1_DATA, PIC_1_OFFSET);
    ports.writeU8(PIC_2_DATA, PIC_2_OFFSET);
    ports.writeU8(PIC_1_DATA, 4);
    ports.writeU8(PIC_2_DATA, 2);
    for (const port of [PIC_1_DATA, PIC_2_DATA]) ports.writeU8(port, 0x01);
    ports.writeU8(PIC_1_DATA, masks[0]);
    ports.writeU8(PIC_2_DATA, masks[1]);
  }

  notifyEndOfInterrupt(vector: number): void {
    if (vector >= PIC_2_OFFSET) this.ports.writeU8(PIC_2_COMMAND, END_OF_INTERRUPT);
    this.ports.writeU8(PIC_1_COMMAND, END_OF_INTERRUPT);
  }
}

export const PICS: () => Mutex<ChainedPics> = lazyStatic(LOCK_SIZE, 8, (at) => {
  const { memory, ports } = hardware();
  return Mutex.new(memory, at, new ChainedPics(ports));
});

/** The keyboard's state: which modifier keys are down. */
const KEYBOARD: () => KeyboardDecoder = lazyStatic(1, 1, () => new KeyboardDecoder());

export const IDT: () => InterruptDescriptorTable = lazyStatic(InterruptDescriptorTable.SIZE, 16, (at) => {
  const machine = hardware();
  const idt = InterruptDescriptorTable.new(machine.memory, at);
  idt.breakpoint.setHandlerFn(machine, breakpointHandler);
  idt.pageFault.setHandlerFn(machine, pageFaultHandler);
  idt.generalProtectionFault.setHandlerFn(machine, generalProtectionFaultHandler);
  idt.doubleFault.setHandlerFn(machine, doubleFaultHandler).setStackIndex(DOUBLE_FAULT_IST_INDEX);
  idt.entry(InterruptIndex.Timer).setHandlerFn(machine, timerInterruptHandler);
  idt.entry(InterruptIndex.Keyboard).setHandlerFn(machine, keyboardInterruptHandler);
  return idt;
});

export function initIdt(): void {
  IDT().load(hardware());
}

/** What the screen shows of a page fault. */
export function reportPageFault(stackFrame: InterruptStackFrame, errorCode: number): void {
  println("EXCEPTION: PAGE FAULT");
  println("Accessed Address: VirtAddr({})", hex(Cr2.read(hardware().registers)));
  println("Error Code: {}", PageFaultErrorCode.debug(errorCode));
  println("{}", stackFrame.debug(true));
}

/** What the screen shows of a general protection fault. */
export function reportGeneralProtectionFault(stackFrame: InterruptStackFrame, errorCode: number): void {
  println("EXCEPTION: GENERAL PROTECTION FAULT");
  println("Error Code: {}", errorCode);
  println("{}", stackFrame.debug(true));
}

function breakpointHandler(stackFrame: InterruptStackFrame): void {
  println("EXCEPTION: BREAKPOINT\n{}", stackFrame.debug(true));
}

function pageFaultHandler(stackFrame: InterruptStackFrame, errorCode: number): void {
  reportPageFault(stackFrame, errorCode);
  hltLoop();
}

function generalProtectionFaultHandler(stackFrame: InterruptStackFrame, errorCode: number): void {
  reportGeneralProtectionFault(stackFrame, errorCode);
  hltLoop();
}

/** @throws {@link Panic} always: a double fault cannot be returned from */
function doubleFaultHandler(stackFrame: InterruptStackFrame): void {
  throw new Panic(`EXCEPTION: DOUBLE FAULT\n${stackFrame.debug(true)}`);
}

function timerInterruptHandler(): void {
  print(".");
  endOfInterrupt(InterruptIndex.Timer);
}

function keyboardInterruptHandler(): void {
  const character = KEYBOARD().addByte(hardware().ports.readU8(KEYBOARD_DATA));
  if (character !== undefined) print("{}", character);
  endOfInterrupt(InterruptIndex.Keyboard);
}

function endOfInterrupt(vector: number): void {
  using pics = PICS().lock();
  pics.value.notifyEndOfInterrupt(vector);
}
