/**
 * How the CPU enters a handler and comes back from it.
 *
 * ```
 *   gate in the IDT, 16 bytes               what is pushed (RSP is rounded down to a multiple of 16 first)
 *   0  offset 15…0                          +40  SS
 *   2  code selector                        +32  RSP
 *   4  IST, 3 bits                          +24  RFLAGS
 *   5  P │ DPL │ 0 │ type (14, 15)          +16  CS
 *   6  offset 31…16                          +8  RIP      ◀── what a handler is given as its stack frame
 *   8  offset 63…32                           0  error code, if the exception has one
 * ```
 * Each step can itself be refused; then nothing of the delivery has happened, and the state says why.
 *
 * @see Intel SDM volume 3A, 6.12 and 6.14; volume 2A, INT n and IRET
 * @module
 */
import type { Ptr } from "@kmem/memory";
import { ExceptionVector, RFlags } from "@kmem/x86-64";
import { STACK, SYSTEM } from "./access.ts";
import { isCanonical, type CpuState } from "./cpu-state.ts";

/** How an exception or interrupt came about. */
export const EXCEPTION = 0;
export const SOFTWARE = 1;
export const EXTERNAL = 2;
export type Source = typeof EXCEPTION | typeof SOFTWARE | typeof EXTERNAL;

/** Error codes: the event was external to the program; the selector is of the IDT. */
const EXT = 1;
const IN_IDT = 2;

const GATE_SIZE = 16;
const INTERRUPT_GATE = 14;
const TRAP_GATE = 15;
/** In the second 4 bytes of a gate or descriptor. */
const PRESENT = 0x8000;
/** Of a descriptor: not a system segment; code; conforming; writable; 64-bit; 32-bit. */
const SEGMENT = 0x1000;
const CODE = 0x800;
const CONFORMING = 0x400;
const WRITABLE = 0x200;
const LONG = 0x20_0000;
const DEFAULT_32 = 0x40_0000;

/** Offsets in the task state segment: RSP for ring 0; the first entry of the interrupt stack table. */
const TSS_RSP0 = 4;
const TSS_IST1 = 36;

const CLEARED_ON_ENTRY: number = RFlags.TRAP_FLAG | RFlags.NESTED_TASK | RFlags.RESUME_FLAG | RFlags.VIRTUAL_8086_MODE;
/** What IRET loads: the flags that exist, without those of virtual-8086 mode. */
const LOADED_BY_IRET: number =
  RFlags.all & ~(RFlags.VIRTUAL_8086_MODE | RFlags.VIRTUAL_INTERRUPT | RFlags.VIRTUAL_INTERRUPT_PENDING);
const RFLAGS_ONE = 0x2;

/**
 * Enters the handler of a vector: reads its gate, changes stacks, pushes the frame, loads CS and RIP.
 *
 * @param errorCode - pushed unless `undefined`
 * @param returnAddress - what is pushed as RIP
 * @returns whether it was done; if not, `state` says why and is otherwise unchanged
 */
export function enterHandler(
  state: CpuState,
  vector: number,
  errorCode: number | undefined,
  source: Source,
  returnAddress: Ptr,
): boolean {
  const ext = source === SOFTWARE ? 0 : EXT;
  const gateError = vector * 8 + IN_IDT + ext;
  if (vector * GATE_SIZE + GATE_SIZE - 1 > state.idt.limit)
    return state.refuse(ExceptionVector.GeneralProtection, gateError);
  const gate = state.idt.base + vector * GATE_SIZE;
  if (!state.readWord(gate + 8, SYSTEM)) return false;
  const offsetHigh = state.low;
  if (!state.readWord(gate, SYSTEM)) return false;
  const { low, high } = state;
  const type = (high >>> 8) & 0x1f;
  if (type !== INTERRUPT_GATE && type !== TRAP_GATE) return state.refuse(ExceptionVector.GeneralProtection, gateError);
  if (source === SOFTWARE && ((high >>> 13) & 3) < state.cpl)
    return state.refuse(ExceptionVector.GeneralProtection, gateError);
  if ((high & PRESENT) === 0) return state.refuse(ExceptionVector.SegmentNotPresent, gateError);
  const handler = (offsetHigh | 0) * 0x1_0000_0000 + (((high & 0xffff_0000) | (low & 0xffff)) >>> 0);
  const selector = low >>> 16;
  const stackIndex = high & 7;

  const cpl = codePrivilege(state, selector, ext);
  if (cpl < 0) return false;
  const top = handlerStack(state, stackIndex, cpl, ext);
  if (top === undefined) return false;
  if (!isCanonical(handler)) return state.refuse(ExceptionVector.GeneralProtection, ext);

  const before = { cpl: state.cpl, cs: state.cs, ss: state.ss, rsp: state.rsp };
  state.cpl = cpl;
  state.modeChanged();
  if (!state.canPush(top, errorCode === undefined ? 5 : 6)) {
    state.cpl = before.cpl;
    state.modeChanged();
    return false;
  }
  state.writeWord(top - 8, before.ss);
  state.writeWord(top - 16, before.rsp);
  state.writeWord(top - 24, state.rflags);
  state.writeWord(top - 32, before.cs);
  state.writeWord(top - 40, returnAddress);
  state.rsp = top - 40;
  if (errorCode !== undefined) {
    state.writeWord(top - 48, errorCode);
    state.rsp = top - 48;
  }
  // A stack of another privilege level has the null selector, with that level in it.
  if (cpl !== before.cpl) state.ss = cpl;
  state.cs = (selector & 0xfffc) | cpl;
  state.rip = handler;
  state.rflags &= ~CLEARED_ON_ENTRY;
  if (type === INTERRUPT_GATE) state.rflags &= ~RFlags.INTERRUPT_FLAG;
  state.modeChanged();
  return true;
}

/**
 * `iretq`: loads RIP, CS, RFLAGS, RSP and SS from a stack frame.
 *
 * @returns whether it was done; if not, `state` says why and is otherwise unchanged
 */
export function returnFromHandler(state: CpuState, frame: Ptr): boolean {
  if (!state.readWord(frame, STACK)) return false;
  const rip = state.word;
  if (!state.readWord(frame + 8, STACK)) return false;
  const cs = state.low & 0xffff;
  if (!state.readWord(frame + 16, STACK)) return false;
  const rflags = state.low;
  if (!state.readWord(frame + 24, STACK)) return false;
  const rsp = state.word;
  if (!state.readWord(frame + 32, STACK)) return false;
  const ss = state.low & 0xffff;

  const cpl = cs & 3;
  if (!checkReturnCode(state, cs) || !checkReturnStack(state, ss, cpl)) return false;
  if (!isCanonical(rip)) return state.refuse(ExceptionVector.GeneralProtection, 0);

  // IF changes only if the privilege level may do I/O, IOPL only in ring 0.
  let loaded = LOADED_BY_IRET;
  if (state.cpl > ioPrivilege(state.rflags)) loaded &= ~RFlags.INTERRUPT_FLAG;
  if (state.cpl !== 0) loaded &= ~(RFlags.IOPL_HIGH | RFlags.IOPL_LOW);
  state.rflags = (state.rflags & ~loaded) | (rflags & loaded) | RFLAGS_ONE;
  state.rip = rip;
  state.cs = cs;
  state.rsp = rsp;
  state.ss = ss;
  state.cpl = cpl;
  state.modeChanged();
  return true;
}

/** The I/O privilege level in a flags register. */
export function ioPrivilege(rflags: number): number {
  return (rflags >>> 12) & 3;
}

/**
 * Whether an exception during the delivery of another makes a double fault.
 *
 * @see Intel SDM volume 3A, 6.15, table 6-5
 * @example becomesDoubleFault(14, 13) // => true
 * @example becomesDoubleFault(13, 14) // => false
 */
export function becomesDoubleFault(first: number, second: number): boolean {
  if (first === ExceptionVector.Page || first === ExceptionVector.Virtualization)
    return second === ExceptionVector.Page || isContributory(second);
  return isContributory(first) && isContributory(second);
}

function isContributory(vector: number): boolean {
  return (
    vector === ExceptionVector.Division ||
    (vector >= ExceptionVector.InvalidTss && vector <= ExceptionVector.GeneralProtection) ||
    vector === ExceptionVector.ControlProtection
  );
}

/** The privilege level of a handler's code segment; −1 when it is refused. */
function codePrivilege(state: CpuState, selector: number, ext: number): number {
  const { GeneralProtection, SegmentNotPresent } = ExceptionVector;
  const error = (selector & 0xfffc) | ext;
  if ((selector & 0xfffc) === 0) return refused(state, GeneralProtection, ext);
  if (!state.readDescriptor(selector, ext, GeneralProtection)) return -1;
  const { high } = state;
  const dpl = (high >>> 13) & 3;
  const isLongCode = (high & SEGMENT) !== 0 && (high & CODE) !== 0 && (high & LONG) !== 0 && (high & DEFAULT_32) === 0;
  if (!isLongCode || dpl > state.cpl) return refused(state, GeneralProtection, error);
  if ((high & PRESENT) === 0) return refused(state, SegmentNotPresent, error);
  return (high & CONFORMING) !== 0 ? state.cpl : dpl;
}

function refused(state: CpuState, vector: number, errorCode: number): -1 {
  state.refuse(vector, errorCode);
  return -1;
}

/** Where the frame is pushed; a multiple of 16. */
function handlerStack(state: CpuState, index: number, cpl: number, ext: number): Ptr | undefined {
  let top = state.rsp;
  if (index !== 0 || cpl !== state.cpl) {
    const offset = index !== 0 ? TSS_IST1 + 8 * (index - 1) : TSS_RSP0 + 8 * cpl;
    if (offset + 7 > state.tss.limit) {
      state.refuse(ExceptionVector.InvalidTss, (state.taskRegister & 0xfffc) | ext);
      return undefined;
    }
    if (!state.readWord(state.tss.base + offset, SYSTEM)) return undefined;
    top = state.word;
  }
  if (!isCanonical(top)) {
    state.refuse(ExceptionVector.Stack, ext);
    return undefined;
  }
  return top - (top & 15);
}

function checkReturnCode(state: CpuState, cs: number): boolean {
  if (cs === state.cs) return true;
  const { GeneralProtection, SegmentNotPresent } = ExceptionVector;
  const error = cs & 0xfffc;
  if (error === 0) return state.refuse(GeneralProtection, 0);
  if ((cs & 3) < state.cpl) return state.refuse(GeneralProtection, error);
  return checkCodeSegment(state, cs, cs & 3, GeneralProtection, SegmentNotPresent);
}

/** Whether a selector may be loaded into CS for privilege level `cpl`. */
export function checkCodeSegment(
  state: CpuState,
  selector: number,
  cpl: number,
  refused: number = ExceptionVector.GeneralProtection,
  notPresent: number = ExceptionVector.SegmentNotPresent,
): boolean {
  const error = selector & 0xfffc;
  if (!state.readDescriptor(selector, 0, refused)) return false;
  const { high } = state;
  const dpl = (high >>> 13) & 3;
  const isLongCode = (high & SEGMENT) !== 0 && (high & CODE) !== 0 && (high & LONG) !== 0 && (high & DEFAULT_32) === 0;
  const level = (high & CONFORMING) !== 0 ? dpl <= cpl : dpl === cpl;
  if (!isLongCode || !level) return state.refuse(refused, error);
  return (high & PRESENT) !== 0 || state.refuse(notPresent, error);
}

function checkReturnStack(state: CpuState, ss: number, cpl: number): boolean {
  if (ss === state.ss && cpl === state.cpl) return true;
  return checkStackSegment(state, ss, cpl);
}

/** Whether a selector may be loaded into SS at privilege level `cpl`. In 64-bit mode null will do, but not for ring 3. */
export function checkStackSegment(state: CpuState, ss: number, cpl: number): boolean {
  const error = ss & 0xfffc;
  if (error === 0) return (cpl !== 3 && (ss & 3) === cpl) || state.refuse(ExceptionVector.GeneralProtection, 0);
  if (!state.readDescriptor(ss, 0, ExceptionVector.GeneralProtection)) return false;
  const { high } = state;
  const isWritableData = (high & SEGMENT) !== 0 && (high & CODE) === 0 && (high & WRITABLE) !== 0;
  if (!isWritableData || (ss & 3) !== cpl || ((high >>> 13) & 3) !== cpl)
    return state.refuse(ExceptionVector.GeneralProtection, error);
  return (high & PRESENT) !== 0 || state.refuse(ExceptionVector.Stack, error);
}
