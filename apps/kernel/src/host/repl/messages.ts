/**
 * What the prompt and the machine's thread tell each other.
 *
 * @module
 */
import type { SectionName } from "../inspect/sections.ts";

/** What the thread is given. */
export interface ReplThreadData {
  /** Bytes of RAM. */
  readonly memory: number;
  readonly commandLine: string;
  /** One word that changes with each request: the thread sleeps on it. */
  readonly signal: SharedArrayBuffer;
  readonly colors: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

export type ReplRequest =
  /** JavaScript to run. */
  | { readonly kind: "line"; readonly code: string }
  /** The end of a line: what may follow it? */
  | { readonly kind: "complete"; readonly text: string }
  | { readonly kind: "inspect"; readonly sections: readonly SectionName[] }
  | { readonly kind: "screen" };

export type ReplAnswer =
  /** What was printed while a request was worked on: by the kernel, or by `console.log`. */
  | { readonly kind: "printed"; readonly text: string }
  /** The machine has booted. */
  | { readonly kind: "ready" }
  /** The end of a request. @see {@link ReplThreadData} */
  | { readonly kind: "done"; readonly text: string | undefined }
  | { readonly kind: "completions"; readonly names: readonly string[]; readonly of: string }
  /** The machine has stopped, and cannot go on. */
  | { readonly kind: "stopped"; readonly why: string }
  /** The machine cannot be made, or cannot boot. */
  | { readonly kind: "refused"; readonly why: string };
