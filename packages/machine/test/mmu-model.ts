/**
 * The manual's rules of paging once more, as slowly and plainly as can be: what the MMU is compared with.
 *
 * @see Intel SDM volume 3A, 4.5, 4.6, 4.7 and 4.8
 */

/** What a CPU offers, and how it is set. */
export interface Mode {
  readonly wp: boolean;
  readonly nxe: boolean;
  readonly smep: boolean;
  readonly smap: boolean;
  readonly pke: boolean;
  readonly pkru: number;
  readonly cpl: 0 | 3;
  readonly ac: boolean;
}

export interface Model {
  readonly maxphyaddr: number;
  readonly pages1G: boolean;
}

/** An access by the program, or by the CPU to a system structure. */
export interface Access {
  readonly kind: "read" | "write" | "execute";
  readonly implicit: boolean;
}

export type Outcome =
  | { readonly errorCode: number; readonly after: readonly bigint[] }
  | { readonly physical: bigint; readonly after: readonly bigint[] };

const bit = (entry: bigint, index: number): boolean => ((entry >> BigInt(index)) & 1n) === 1n;
const bits = (entry: bigint, from: number, to: number): bigint =>
  (entry >> BigInt(from)) & ((1n << BigInt(to - from + 1)) - 1n);

/** Bits that must be zero in a present entry of a level. */
function reserved(entry: bigint, level: number, model: Model, mode: Mode): boolean {
  if (model.maxphyaddr < 52 && bits(entry, model.maxphyaddr, 51) !== 0n) return true;
  if (!mode.nxe && bit(entry, 63)) return true;
  if (level === 4) return bit(entry, 7);
  if (level === 3 && bit(entry, 7)) return !model.pages1G || bits(entry, 13, 29) !== 0n;
  return level === 2 && bit(entry, 7) && bits(entry, 13, 20) !== 0n;
}

/** @param entries - on the way to the address, from level 4 down */
export function outcome(entries: readonly bigint[], at: bigint, access: Access, mode: Mode, model: Model): Outcome {
  const after = [...entries];
  const asUser = mode.cpl === 3 && !access.implicit;
  const described =
    (access.kind === "write" ? 2 : 0) |
    (asUser ? 4 : 0) |
    (access.kind === "execute" && (mode.nxe || mode.smep) ? 16 : 0);
  const fault = (cause: number): Outcome => ({ errorCode: described | cause, after });

  let [writable, user, noExecute] = [true, true, false];
  for (let i = 0; i < 4; i++) {
    const level = 4 - i;
    const entry = entries[i]!;
    if (!bit(entry, 0)) return fault(0);
    if (reserved(entry, level, model, mode)) return fault(1 | 8);
    writable &&= bit(entry, 1);
    user &&= bit(entry, 2);
    noExecute ||= bit(entry, 63);
    const isLeaf = level === 1 || (level < 4 && bit(entry, 7));
    if (!isLeaf) {
      after[i] = entry | 0x20n;
      continue;
    }
    const key = Number(bits(entry, 59, 62));
    const refusal = refused(access, mode, asUser, { writable, user, noExecute, key });
    if (refusal !== 0) return fault(refusal);
    after[i] = entry | (access.kind === "write" ? 0x60n : 0x20n);
    const shift = BigInt(12 + 9 * (level - 1));
    return { physical: (((bits(entry, 12, 51) << 12n) >> shift) << shift) + (at & ((1n << shift) - 1n)), after };
  }
  throw new Error("level 1 ends every walk");
}

interface Rights {
  readonly writable: boolean;
  readonly user: boolean;
  readonly noExecute: boolean;
  readonly key: number;
}

/** The cause in the error code; 0 when it is allowed. */
function refused(access: Access, mode: Mode, asUser: boolean, rights: Rights): number {
  if (access.kind === "execute") {
    const smep = !asUser && mode.smep && rights.user;
    return rights.noExecute || smep || (asUser && !rights.user) ? 1 : 0;
  }
  const isWrite = access.kind === "write";
  // A protection key is told also where something else forbids the access too.
  if (mode.pke && rights.user) {
    const disabled = bit(BigInt(mode.pkru), 2 * rights.key);
    const readOnly = bit(BigInt(mode.pkru), 2 * rights.key + 1);
    if (disabled || (readOnly && isWrite && (asUser || mode.wp))) return 1 | 32;
  }
  if (asUser && !rights.user) return 1;
  if (!asUser && mode.smap && rights.user && (access.implicit || !mode.ac)) return 1;
  return isWrite && !rights.writable && (asUser || mode.wp) ? 1 : 0;
}
