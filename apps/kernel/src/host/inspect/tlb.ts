/**
 * The TLB, compared with the tables: a translation that they no longer give is stale.
 *
 * @module
 */
import { tlbEntries, type TlbEntry } from "@kmem/machine";
import { hex, KmemError } from "@kmem/memory";
import { walk } from "@kmem/x86-64";
import type { Subject } from "./look.ts";
import type { TlbReport } from "./sections.ts";

export function tlbOf(subject: Subject): TlbReport[] {
  return tlbEntries(subject.machine.mmu).map((entry) => ({ ...entry, stale: staleness(subject, entry) }));
}

/** What the tables say about the entry's page, if that is not what the entry says; those of other address spaces are not known. */
function staleness({ machine, readEntry, table }: Subject, entry: TlbEntry): string | undefined {
  const { cr3, cr4 } = machine.cpu.registers;
  const PCIDE = 0x2_0000;
  const pcid = (cr4 & PCIDE) === 0 ? 0 : cr3 % 4096;
  if (entry.pcid !== pcid && !entry.global) return undefined;
  try {
    const { physical, steps } = walk(readEntry, table, entry.address);
    const permissions = steps[steps.length - 1]?.permissions;
    if (physical === undefined || permissions === undefined) return "no longer mapped";
    if (physical !== entry.physical) return `now ${hex(physical)}`;
    const differs = (["writable", "userAccessible", "executable"] as const).filter(
      (right) => permissions[right] !== entry[right],
    );
    if (differs.length > 0)
      return `now ${differs.map((right) => `${permissions[right] ? "" : "not "}${WORDS[right]}`).join(", ")}`;
    return undefined;
  } catch (error) {
    if (error instanceof KmemError) return error.message;
    throw error;
  }
}

const WORDS = { writable: "writable", userAccessible: "for users", executable: "executable" } as const;
