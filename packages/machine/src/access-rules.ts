/**
 * Which accesses are allowed: what the control registers and the mode say, and the judgement of rights by it.
 *
 * @see Intel SDM volume 3A, 4.6 (rights), 4.7 (error code)
 * @module
 */
import { Cr0Flags, Cr4Flags, EferFlags, PageFaultErrorCode } from "@kmem/x86-64";
import { EXECUTE, GLOBAL, KEY_SHIFT, NO_EXECUTE, SYSTEM, USER, WRITABLE, WRITE } from "./access.ts";
import { PRESENT } from "./entry-bits.ts";

/** The rules in force. */
export class AccessRules {
  paging = false;
  noExecute = false;
  /** {@link GLOBAL} while global pages are on. */
  globalBit = 0;
  /** In supervisor mode, without SMAP and protection keys: data may be read everywhere. */
  lenient = true;

  private userMode = false;
  private writeProtect = false;
  private fetchProtect = false;
  private accessPrevention = false;
  private keys = false;
  private pkru = 0;
  private alignmentCheck = false;

  /** Takes over the control registers. */
  setControl(cr0: number, cr4: number, efer: number): void {
    this.paging = (cr0 & Cr0Flags.PAGING) !== 0;
    this.writeProtect = (cr0 & Cr0Flags.WRITE_PROTECT) !== 0;
    this.fetchProtect = (cr4 & Cr4Flags.SUPERVISOR_MODE_EXECUTION_PROTECTION) !== 0;
    this.accessPrevention = (cr4 & Cr4Flags.SUPERVISOR_MODE_ACCESS_PREVENTION) !== 0;
    this.keys = (cr4 & Cr4Flags.PROTECTION_KEY_USER) !== 0;
    this.globalBit = (cr4 & Cr4Flags.PAGE_GLOBAL) !== 0 ? GLOBAL : 0;
    this.noExecute = (efer & EferFlags.NO_EXECUTE_ENABLE) !== 0;
    this.updateLenient();
  }

  /** Takes over what rights depend on besides. @returns whether any access is judged otherwise from now on */
  setMode(privilegeLevel: number, alignmentCheck: boolean, pkru: number): boolean {
    const userMode = privilegeLevel === 3;
    const same =
      userMode === this.userMode &&
      (alignmentCheck === this.alignmentCheck || !this.accessPrevention) &&
      (pkru === this.pkru || !this.keys);
    this.userMode = userMode;
    this.alignmentCheck = alignmentCheck;
    this.pkru = pkru;
    this.updateLenient();
    return !same;
  }

  /** Why `rights` do not permit the access: bits of the error code, P among them; 0 when they do. */
  refusal(rights: number, access: number): number {
    // The kernel's reads, unless a feature forbids some, and its writes to what is writable.
    if (this.lenient && (access & EXECUTE) === 0 && ((access & WRITE) === 0 || (rights & WRITABLE) !== 0)) return 0;
    const userPage = (rights & USER) !== 0;
    const asUser = this.userMode && (access & SYSTEM) === 0;
    if ((access & EXECUTE) !== 0) {
      const refused = (rights & NO_EXECUTE) !== 0 || (asUser ? !userPage : userPage && this.fetchProtect);
      return refused ? PRESENT : 0;
    }
    const write = (access & WRITE) !== 0;
    let refused = write && (rights & WRITABLE) === 0 && (asUser || this.writeProtect);
    if (!userPage) refused ||= asUser;
    else {
      // SMAP: explicit accesses pass while RFLAGS.AC is set, implicit ones never.
      if (!asUser && this.accessPrevention && ((access & SYSTEM) !== 0 || !this.alignmentCheck)) refused = true;
      if (this.keys) {
        const key = (this.pkru >>> (2 * ((rights >>> KEY_SHIFT) & 15))) & 3;
        if ((key & 1) !== 0 || (write && (key & 2) !== 0 && (asUser || this.writeProtect)))
          return PRESENT | PageFaultErrorCode.PROTECTION_KEY;
      }
    }
    return refused ? PRESENT : 0;
  }

  /** The error code of a page fault. @param cause - its bits besides those that describe the access */
  errorCode(access: number, cause: number): number {
    let code = cause;
    if ((access & WRITE) !== 0) code |= PageFaultErrorCode.CAUSED_BY_WRITE;
    if (this.userMode && (access & SYSTEM) === 0) code |= PageFaultErrorCode.USER_MODE;
    if ((access & EXECUTE) !== 0 && (this.noExecute || this.fetchProtect)) code |= PageFaultErrorCode.INSTRUCTION_FETCH;
    return code;
  }

  private updateLenient(): void {
    this.lenient = !this.userMode && !this.accessPrevention && !this.keys;
  }
}
