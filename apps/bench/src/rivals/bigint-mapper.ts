/**
 * The straightforward mapper: four levels of page tables, every address and every entry a `bigint`, over a `DataView`.
 *
 * It does what ours does for pages of 4 KiB, with none of the checks.
 */
const PRESENT = 1n;
const PARENT = 7n;
const ADDRESS = 0x000f_ffff_ffff_f000n;

export class BigintMapper {
  private readonly view: DataView;
  private readonly root: bigint;
  private readonly allocate: () => bigint;

  /** @param root - address of the level 4 table @param allocate - gives a frame for a table */
  constructor(buffer: ArrayBuffer, root: bigint, allocate: () => bigint) {
    this.view = new DataView(buffer);
    this.root = root;
    this.allocate = allocate;
  }

  map(page: bigint, frame: bigint, flags: bigint): void {
    let table = this.root;
    for (let level = 4n; level > 1n; level--) {
      const at = entryAt(table, page, level);
      let entry = this.view.getBigUint64(at, true);
      if (entry === 0n) {
        const made = this.allocate();
        for (let i = 0; i < 4096; i += 8) this.view.setBigUint64(Number(made) + i, 0n, true);
        entry = made;
      }
      this.view.setBigUint64(at, entry | (flags & PARENT), true);
      table = entry & ADDRESS;
    }
    const at = entryAt(table, page, 1n);
    if (this.view.getBigUint64(at, true) !== 0n) throw new Error(`0x${page.toString(16)} is mapped already`);
    this.view.setBigUint64(at, frame | flags, true);
  }

  unmap(page: bigint): bigint {
    const at = this.lastEntry(page);
    const entry = at === undefined ? 0n : this.view.getBigUint64(at, true);
    if (at === undefined || (entry & PRESENT) === 0n) throw new Error(`0x${page.toString(16)} is not mapped`);
    this.view.setBigUint64(at, 0n, true);
    return entry & ADDRESS;
  }

  translate(address: bigint): bigint | undefined {
    const at = this.lastEntry(address);
    const entry = at === undefined ? 0n : this.view.getBigUint64(at, true);
    return (entry & PRESENT) === 0n ? undefined : (entry & ADDRESS) | (address & 0xfffn);
  }

  private lastEntry(address: bigint): number | undefined {
    let table = this.root;
    for (let level = 4n; level > 1n; level--) {
      const entry = this.view.getBigUint64(entryAt(table, address, level), true);
      if ((entry & PRESENT) === 0n) return undefined;
      table = entry & ADDRESS;
    }
    return entryAt(table, address, 1n);
  }
}

function entryAt(table: bigint, address: bigint, level: bigint): number {
  return Number(table + ((address >> (9n * level + 3n)) & 511n) * 8n);
}
