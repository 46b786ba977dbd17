/**
 * What is drawn, and of which moment: a machine that stands still, or a step of the tour.
 *
 * @module
 */
import type { Machine, VgaSnapshot } from "@kmem/machine";
import { chapters } from "../../chapters/index.ts";
import type { StackPicture } from "../../tour/call-stack.ts";
import type { Chapter, TourEvent } from "../../tour/chapter.ts";
import type { HeapMap } from "../../tour/heap-map.ts";
import type { PageTree } from "../../tour/page-tree.ts";
import { play } from "../../tour/play.ts";
import { look } from "../inspect/look.ts";
import { UsageError } from "../usage-error.ts";

export const SUBJECTS = ["heap", "pages", "stack", "screen"] as const;
export type SubjectName = (typeof SUBJECTS)[number];

/** What a picture shows. */
export type Moment =
  | { readonly kind: "heap"; readonly title: string; readonly map: HeapMap }
  | { readonly kind: "pages"; readonly title: string; readonly tree: PageTree }
  | { readonly kind: "stack"; readonly title: string; readonly picture: StackPicture }
  | { readonly kind: "screen"; readonly screen: VgaSnapshot };

/** Reads it from a machine's bytes. @throws {@link UsageError} when they do not hold it */
export function momentOfMachine(subject: SubjectName, machine: Machine, kernel: string): Moment {
  switch (subject) {
    case "screen":
      return { kind: "screen", screen: machine.screen.snapshot() };
    case "pages": {
      const tree = look(machine, new Set(["pages"])).pages!;
      if ("error" in tree) throw new UsageError(`the page tables cannot be read: ${tree.error}`);
      return { kind: "pages", title: `The page tables at the end of ${kernel}`, tree };
    }
    case "heap": {
      const heaps = look(machine, new Set(["heap"])).heap!;
      if ("error" in heaps) throw new UsageError(`the heap cannot be read: ${heaps.error}`);
      const map = heaps.find((heap) => heap.map !== undefined)?.map;
      if (map === undefined) throw new UsageError(`${kernel} has no heap that is initialised and sound`);
      return { kind: "heap", title: `The heap at the end of ${kernel}`, map };
    }
    case "stack":
      throw new UsageError("a machine does not tell what its stack's bytes are: draw a stack with --after");
  }
}

/** The tour's last picture of a subject up to the end of a step. @param place - `chapter` or `chapter/step` */
export function momentOfTour(subject: SubjectName, place: string): Moment {
  const [chapterName = "", stepName, ...rest] = place.split("/");
  const chapter = chapters.find(({ name }, index) => name === chapterName || String(index + 1) === chapterName);
  if (chapter === undefined)
    throw new UsageError(
      `there is no chapter "${chapterName}"; there are ${chapters.map(({ name }) => name).join(", ")}`,
    );
  const { steps } = chapter;
  const last = stepName === undefined ? steps.length - 1 : steps.findIndex(({ name }) => name === stepName);
  if (last < 0 || rest.length > 0)
    throw new UsageError(
      `the chapter "${chapter.name}" has no step "${[stepName, ...rest].join("/")}"; it has ${steps.map(({ name }) => name).join(", ")}`,
    );
  const found = lastOf(subject, { ...chapter, steps: steps.slice(0, last + 1) });
  if (found !== undefined) return found;
  throw new UsageError(`up to ${place} the tour draws no ${subject}`);
}

function lastOf(subject: SubjectName, chapter: Chapter): Moment | undefined {
  let found: Moment | undefined;
  for (const event of play(chapter, "en")) if (event.kind === subject) found = momentOf(event) ?? found;
  return found;
}

/** The moment that an event of the tour shows, where it shows one. */
export function momentOf(event: TourEvent): Moment | undefined {
  switch (event.kind) {
    case "screen":
      return event;
    case "heap":
    case "pages":
    case "stack":
      return { ...event, title: event.title.replace(/^./, (first) => first.toUpperCase()) };
    default:
      return undefined;
  }
}
