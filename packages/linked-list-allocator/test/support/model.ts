/**
 * The allocator as its rules say it, as short and slow as can be: what the heap is compared with.
 *
 * @module
 */
export class Model {
  /** `[address, size]`, ascending. */
  holes: [number, number][];
  used = 0;
  private end: number;
  private pending = 0;

  constructor(start: number, size: number) {
    this.holes = [[start, size]];
    this.end = start + size;
  }

  allocate(size: number, align: number): number {
    const need = blockSize(size);
    for (const [i, [at, length]] of this.holes.entries()) {
      const start = at % align === 0 ? at : Math.ceil((at + 16) / align) * align;
      const rest = at + length - (start + need);
      if (rest < 0 || rest === 8) continue;
      const left: [number, number][] = [];
      if (start > at) left.push([at, start - at]);
      if (rest > 0) left.push([start + need, rest]);
      this.holes.splice(i, 1, ...left);
      this.used += need;
      return start;
    }
    return 0;
  }

  free(at: number, size: number): void {
    this.used -= blockSize(size);
    this.insert(at, blockSize(size));
  }

  extend(by: number): void {
    const total = this.pending + by;
    const length = total < 16 ? 0 : total - (total % 8);
    this.pending = total - length;
    if (length > 0) this.insert(this.end, length);
    this.end += length;
  }

  private insert(at: number, size: number): void {
    const all: [number, number][] = [...this.holes, [at, size]];
    all.sort((a, b) => a[0] - b[0]);
    this.holes = [];
    for (const [address, length] of all) {
      const last = this.holes[this.holes.length - 1];
      if (last !== undefined && last[0] + last[1] === address) last[1] += length;
      else this.holes.push([address, length]);
    }
  }
}

function blockSize(size: number): number {
  return Math.ceil(Math.max(size, 16) / 8) * 8;
}
