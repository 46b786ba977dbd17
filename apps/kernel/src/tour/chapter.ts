/**
 * What a chapter of the tour is made of.
 *
 * A chapter is a list of steps. A step says something, shows the lines of source that it runs, runs them, and shows what
 * happened. All of it comes as events, which are drawn in a terminal or given to other programs as JSON.
 *
 * @module
 */
import type { VgaSnapshot } from "@kmem/machine";
import type { HeapMap } from "./heap-map.ts";
import type { PageTree } from "./page-tree.ts";
import type { StackPicture } from "./call-stack.ts";

export type Language = "en" | "zh";

/** A text in each language of the tour. */
export type Localized = Readonly<Record<Language, string>>;

export interface Step {
  /** Unique in its chapter. */
  readonly name: string;
  readonly text: Localized;
  /** Where the step's functions are, below `src`. @defaultValue the chapter's file */
  readonly file?: string;
  /** Functions of that file whose source is shown, in this order. */
  readonly code?: readonly string[];
  readonly run?: (show: Show) => void;
}

export interface Chapter {
  /** What it is called on the command line. */
  readonly name: string;
  /** The chapter's file below `src/chapters`. */
  readonly file: string;
  /** Anchor of the section in the post. */
  readonly section: string;
  readonly title: Localized;
  /** One line. */
  readonly summary: Localized;
  readonly steps: readonly Step[];
}

/** Something that happened, for people and for programs. Addresses are numbers, sizes are bytes. */
export type TourEvent =
  | { readonly kind: "chapter"; readonly name: string; readonly title: string; readonly section: string }
  | { readonly kind: "step"; readonly chapter: string; readonly name: string; readonly text: string }
  | { readonly kind: "code"; readonly file: string; readonly firstLine: number; readonly lines: readonly string[] }
  | { readonly kind: "fact"; readonly name: string; readonly value: string | number | boolean; readonly text: string }
  | { readonly kind: "screen"; readonly rows: readonly string[]; readonly screen: VgaSnapshot }
  | { readonly kind: "serial"; readonly text: string }
  | { readonly kind: "heap"; readonly title: string; readonly map: HeapMap }
  | { readonly kind: "stack"; readonly title: string; readonly picture: StackPicture }
  | { readonly kind: "pages"; readonly title: string; readonly tree: PageTree };

/** Where a step puts what happened. */
export interface Show {
  /** Says what is being done, while it takes its time; no event. */
  progress(text: string): void;
  /**
   * Something that was measured or read.
   *
   * @param name - of the fact, for programs
   * @param text - the sentence for people; `{}` stands for the value
   */
  fact(name: string, value: string | number | boolean, text: Localized): void;
  screen(screen: VgaSnapshot): void;
  serial(text: string): void;
  heap(title: Localized, map: HeapMap): void;
  stack(title: Localized, picture: StackPicture): void;
  pages(title: Localized, tree: PageTree): void;
}

/** The section of the post that a chapter follows. */
export function sectionUrl(chapter: Chapter): string {
  return `https://os.phil-opp.com/heap-allocation/#${chapter.section}`;
}
