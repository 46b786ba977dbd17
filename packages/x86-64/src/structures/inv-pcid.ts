/**
 * What `invpcid` drops from the TLB.
 *
 * @see Intel SDM volume 2A, INVPCID; https://docs.rs/x86_64/0.15.4/x86_64/instructions/tlb/enum.InvPcidCommand.html
 * @module
 */
import type { Ptr } from "@kmem/memory";
import type { Hardware } from "../hardware.ts";
import { checkField } from "./errors.ts";
import { checkPointer } from "./interrupt-stack-frame.ts";

/** The kinds, by the number that the instruction takes. */
export const InvPcidKind = {
  /** One address of one PCID, unless it is global. */
  Address: 0,
  /** One PCID, without what is global. */
  Single: 1,
  /** Everything, global too. */
  All: 2,
  /** Everything but what is global. */
  AllExceptGlobal: 3,
} as const;
export type InvPcidKind = (typeof InvPcidKind)[keyof typeof InvPcidKind];

/** A command, as the crate's enum `InvPcidCommand`. */
export type InvPcidCommand =
  | { readonly kind: typeof InvPcidKind.Address; readonly address: Ptr; readonly pcid: number }
  | { readonly kind: typeof InvPcidKind.Single; readonly pcid: number }
  | { readonly kind: typeof InvPcidKind.All }
  | { readonly kind: typeof InvPcidKind.AllExceptGlobal };

/**
 * `invpcid`.
 *
 * @throws {@link StructureError} `structure/kind`, `structure/pcid`, `structure/address`; nothing has been dropped then
 */
export function flushPcid(hardware: Pick<Hardware, "tlb">, command: InvPcidCommand): void {
  const pcid = "pcid" in command ? command.pcid : 0;
  const address = "address" in command ? command.address : 0;
  checkField("structure/kind", "a kind of invpcid", command.kind, 3);
  checkField("structure/pcid", "a PCID", pcid, 0xfff);
  checkPointer(address);
  hardware.tlb.flushPcid(command.kind, pcid, address);
}
