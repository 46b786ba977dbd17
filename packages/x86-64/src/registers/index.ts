export { Cr0, Cr0Flags } from "./cr0.ts";
export { Cr2 } from "./cr2.ts";
export { Cr3, Cr3Flags } from "./cr3.ts";
export { Cr4, Cr4Flags } from "./cr4.ts";
export { Efer, EferFlags } from "./efer.ts";
export { Pkru } from "./pkru.ts";
export type { KeyRights } from "./pkru.ts";
export { RFlags } from "./rflags.ts";
export type { FlagBits, FlagSet, FlagText } from "./flag-set.ts";
