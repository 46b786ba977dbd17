/**
 * Keys from standard input, one at a time: from a terminal each key as it is pressed, from a pipe each character.
 *
 * @module
 */

/** What of `process.stdin` is needed. */
export interface KeyInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: "data", listener: (data: Uint8Array | string) => void): unknown;
  on(event: "end", listener: () => void): unknown;
}

export class TourKeys {
  private readonly input: KeyInput;
  private readonly pressed: string[] = [];
  private hasEnded = false;
  private wake: () => void = () => undefined;

  constructor(input: KeyInput) {
    this.input = input;
    input.on("data", (data) => {
      const text = String(data);
      // A terminal gives a key at a time; one without a letter, such as an arrow, is several characters.
      this.pressed.push(...(input.isTTY === true ? [text] : Array.from(text)));
      this.wake();
    });
    input.on("end", () => {
      this.hasEnded = true;
      this.wake();
    });
    input.pause();
  }

  /** Waits for the next key. @returns it; `undefined` when the input has ended */
  async next(): Promise<string | undefined> {
    const { input } = this;
    if (this.pressed.length === 0 && !this.hasEnded) {
      if (input.isTTY === true) input.setRawMode?.(true);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        input.resume();
      });
      input.pause();
      if (input.isTTY === true) input.setRawMode?.(false);
    }
    return this.pressed.shift();
  }
}
