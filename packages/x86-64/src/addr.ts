/**
 * Virtual and physical addresses.
 *
 * Both are JavaScript numbers, and print as hex u64. The makers take a u64 as `bigint` too.
 *
 * @module
 */
export { alignDownU64, alignUpU64, checkedCount, checkedLevel } from "./arithmetic.ts";
export type { Level } from "./arithmetic.ts";
export { isPhysical, PhysAddr } from "./phys-addr.ts";
export { isCanonical, VirtAddr } from "./virt-addr.ts";
