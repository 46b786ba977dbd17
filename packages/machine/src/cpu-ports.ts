/**
 * The ports and the TLB as the kernel reaches them: privileged instructions.
 *
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { Ports, Tlb } from "@kmem/x86-64";
import type { Board } from "./board.ts";
import { checkInteger } from "./checks.ts";
import type { Cpu } from "./cpu.ts";
import type { Mmu } from "./mmu.ts";

/** The ports as the kernel reaches them: each access takes time, and an interrupt may follow. */
export class CpuPorts implements Ports {
  private readonly cpu: Cpu;
  private readonly board: Board;

  constructor(cpu: Cpu, board: Board) {
    this.cpu = cpu;
    this.board = board;
  }

  readU8(port: number): number {
    if (!this.begin()) return 0;
    const value = this.board.ports.readU8(port);
    this.end();
    return value;
  }

  readU16(port: number): number {
    if (!this.begin()) return 0;
    const value = this.board.ports.readU16(port);
    this.end();
    return value;
  }

  readU32(port: number): number {
    if (!this.begin()) return 0;
    const value = this.board.ports.readU32(port);
    this.end();
    return value;
  }

  writeU8(port: number, value: number): void {
    if (!this.begin()) return;
    this.board.ports.writeU8(port, value);
    this.end();
  }

  writeU16(port: number, value: number): void {
    if (!this.begin()) return;
    this.board.ports.writeU16(port, value);
    this.end();
  }

  writeU32(port: number, value: number): void {
    if (!this.begin()) return;
    this.board.ports.writeU32(port, value);
    this.end();
  }

  private begin(): boolean {
    this.board.checkRunning();
    return this.cpu.mayDoIo();
  }

  private end(): void {
    this.board.portAccessed();
    this.cpu.deliverPendingInterrupts();
  }
}

/** `invlpg` and its kin. */
export class CpuTlb implements Tlb {
  private readonly cpu: Cpu;
  private readonly mmu: Mmu;

  constructor(cpu: Cpu, mmu: Mmu) {
    this.cpu = cpu;
    this.mmu = mmu;
  }

  flush(address: Ptr): void {
    if (this.cpu.state.cpl === 0) this.mmu.flush(address);
    else this.refuse();
  }

  flushAll(): void {
    if (this.cpu.state.cpl === 0) this.mmu.flushAll();
    else this.refuse();
  }

  flushPcid(kind: 0 | 1 | 2 | 3, pcid: number, address: Ptr): void {
    checkInteger("kind", kind, 3);
    checkInteger("pcid", pcid, 0xfff);
    if (this.cpu.state.cpl === 0) this.mmu.flushPcid(kind, pcid, address);
    else this.refuse();
  }

  private refuse(): void {
    for (let tries = 0; !this.cpu.privileged(); tries++) if (!this.cpu.raiseRefused(tries)) return;
  }
}
