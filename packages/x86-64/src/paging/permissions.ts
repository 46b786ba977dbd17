/**
 * What page table entries permit together.
 *
 * @see Intel SDM vol. 3A, 4.6
 * @module
 */

/** What all levels together permit. */
export interface Permissions {
  readonly writable: boolean;
  readonly userAccessible: boolean;
  readonly executable: boolean;
}

/** Before any entry. */
export const EVERYTHING: Permissions = { writable: true, userAccessible: true, executable: true };

/** What is left with one more entry: each may only take away. */
export function restrict({ writable, userAccessible, executable }: Permissions, entry: bigint): Permissions {
  return {
    writable: writable && (entry & 2n) !== 0n,
    userAccessible: userAccessible && (entry & 4n) !== 0n,
    executable: executable && entry >> 63n === 0n,
  };
}
