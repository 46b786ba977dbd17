/**
 * Random alloc and free with a number of live blocks, the same for every contestant.
 *
 * Each step picks one of 2·N places at random: a block that is there is freed, an empty place gets a new one. So about N
 * blocks are live. Before it is measured the trace has gone on until the heap is as fragmented as it will be.
 */

/** Whatever hands out blocks. A block is a number (an address) or, for typed arrays, the block itself. */
export interface Subject<B> {
  /** @returns the block, or `none` when there is no room */
  alloc(size: number): B;
  free(block: B, size: number): void;
}

/** At least so many steps before they repeat; more for many blocks, so that a place is met with many sizes. */
const LEAST_STEPS = 1 << 18;

/** Steps in advance: the random numbers cost nothing while it is measured. */
export class Trace<B> {
  private readonly steps: number;
  private readonly places: Int32Array;
  private readonly sizes: Int32Array;
  private readonly blocks: B[];
  private readonly held: Int32Array;
  private readonly subject: Subject<B>;
  private readonly none: B;
  private next = 0;

  /** @param live - blocks that are live on average */
  constructor(subject: Subject<B>, live: number, none: B, seed = 1) {
    let state = seed;
    const below = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return Math.floor(((state >>> 0) / 0x1_0000_0000) * n);
    };
    let steps = LEAST_STEPS;
    while (steps < live * 24) steps *= 2;
    this.steps = steps;
    this.subject = subject;
    this.none = none;
    this.places = Int32Array.from({ length: steps }, () => below(live * 2));
    this.sizes = Int32Array.from({ length: steps }, () => 8 + below(249));
    this.blocks = Array.from({ length: live * 2 }, () => none);
    this.held = new Int32Array(live * 2);
  }

  /** Fills every other place, so that about as many blocks are live as will be. */
  fill(): void {
    for (let place = 0; place < this.held.length; place += 2) {
      const size = this.sizes[place & (this.steps - 1)]!;
      const block = this.subject.alloc(size);
      if (block === this.none) continue;
      this.blocks[place] = block;
      this.held[place] = size;
    }
  }

  /** Goes on by so many steps. */
  run(steps: number): void {
    const { places, sizes, blocks, held, subject, none } = this;
    const mask = this.steps - 1;
    let { next } = this;
    for (let i = 0; i < steps; i++) {
      const place = places[next]!;
      const size = held[place]!;
      if (size === 0) {
        const block = subject.alloc(sizes[next]!);
        if (block !== none) {
          blocks[place] = block;
          held[place] = sizes[next]!;
        }
      } else {
        subject.free(blocks[place]!, size);
        blocks[place] = none;
        held[place] = 0;
      }
      next = (next + 1) & mask;
    }
    this.next = next;
  }

  /** Frees what is live. */
  drain(): void {
    this.held.forEach((size, place) => {
      if (size !== 0) this.subject.free(this.blocks[place]!, size);
      this.blocks[place] = this.none;
      this.held[place] = 0;
    });
  }
}
