/**
 * Plays a chapter of the tour inside a test.
 *
 * @module
 */
import { chapters } from "../../src/chapters/index.ts";
import type { TourEvent } from "../../src/tour/chapter.ts";
import { play } from "../../src/tour/play.ts";

export type Of<K extends TourEvent["kind"]> = Extract<TourEvent, { kind: K }>;

/** What a chapter shows, step by step. */
export function played(name: string): Map<string, TourEvent[]> {
  const chapter = chapters.find((each) => each.name === name);
  if (chapter === undefined) throw new Error(`no chapter ${name}`);
  const steps = new Map<string, TourEvent[]>();
  let step: TourEvent[] = [];
  for (const event of play(chapter, "en")) {
    if (event.kind === "step") steps.set(event.name, (step = []));
    else step.push(event);
  }
  return steps;
}

export function of<K extends TourEvent["kind"]>(kind: K, events: readonly TourEvent[] | undefined): Of<K>[] {
  return (events ?? []).filter((event): event is Of<K> => event.kind === kind);
}

export function facts(events: readonly TourEvent[] | undefined): Record<string, unknown> {
  return Object.fromEntries(of("fact", events).map(({ name, value }) => [name, value]));
}

export function screenOf(events: readonly TourEvent[] | undefined): string {
  return of("screen", events)
    .flatMap(({ rows }) => rows)
    .join("\n");
}

/** Blocks and holes as `name:size` and `-:size`. */
export function pieces(event: Of<"heap">): string[] {
  return event.map.pieces.map(({ kind, name = "?", size }) => `${kind === "hole" ? "-" : name}:${size}`);
}
