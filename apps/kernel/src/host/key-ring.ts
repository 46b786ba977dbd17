/**
 * Scan codes on their way from the thread that has the keyboard to the thread that runs the machine.
 *
 * The machine's thread sleeps in `Atomics.wait` while its CPU is halted, so no message reaches it: the codes go through
 * shared memory.
 *
 * ```
 *   i32   0 signal: changes with everything new   1 written   2 read   3 stop?
 *   then 256 bytes: codes, the next at (written mod 256)
 * ```
 *
 * @module
 */

const CAPACITY = 256;
const SIGNAL = 0;
const WRITTEN = 1;
const READ = 2;
const STOP = 3;
const HEADER = 16;

/** One writer, one reader. */
export class KeyRing {
  readonly buffer: SharedArrayBuffer;
  private readonly words: Int32Array;
  private readonly codes: Uint8Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(HEADER + CAPACITY)) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer, 0, HEADER / 4);
    this.codes = new Uint8Array(buffer, HEADER, CAPACITY);
  }

  /** Codes for which there is no room are lost, as with a real keyboard's buffer. */
  write(codes: readonly number[]): void {
    let written = this.words[WRITTEN]!;
    if (codes.length > CAPACITY - (written - Atomics.load(this.words, READ))) return;
    for (const code of codes) this.codes[written++ % CAPACITY] = code;
    Atomics.store(this.words, WRITTEN, written);
    this.wake();
  }

  /** All codes that have come since the last time. */
  read(): number[] {
    const written = Atomics.load(this.words, WRITTEN);
    const codes: number[] = [];
    for (let at = this.words[READ]!; at < written; at++) codes.push(this.codes[at % CAPACITY]!);
    Atomics.store(this.words, READ, written);
    return codes;
  }

  /** Tells the machine's thread to stop. */
  stop(): void {
    Atomics.store(this.words, STOP, 1);
    this.wake();
  }

  get isStopped(): boolean {
    return Atomics.load(this.words, STOP) === 1;
  }

  /** To be taken before looking for anything new, and given to {@link wait} when there was nothing. */
  get signal(): number {
    return Atomics.load(this.words, SIGNAL);
  }

  /** Sleeps until there is something new since `signal`, or so many milliseconds are over. */
  wait(signal: number, milliseconds: number): void {
    Atomics.wait(this.words, SIGNAL, signal, milliseconds);
  }

  private wake(): void {
    Atomics.add(this.words, SIGNAL, 1);
    Atomics.notify(this.words, SIGNAL);
  }
}
