/**
 * Plays chapters: turns them into events.
 *
 * @module
 */
import { functionSource } from "./source.ts";
import { sectionUrl, type Chapter, type Language, type Localized, type Show, type TourEvent } from "./chapter.ts";

/**
 * Plays a chapter.
 *
 * @param onProgress - is told what a step is doing while it runs
 */
export function* play(
  chapter: Chapter,
  language: Language,
  onProgress: (text: string) => void = () => undefined,
): Generator<TourEvent, void> {
  const say = (text: Localized): string => text[language];
  yield { kind: "chapter", name: chapter.name, title: say(chapter.title), section: sectionUrl(chapter) };
  for (const step of chapter.steps) {
    yield { kind: "step", chapter: chapter.name, name: step.name, text: say(step.text) };
    const file = step.file ?? `chapters/${chapter.file}`;
    for (const name of step.code ?? []) yield { kind: "code", ...functionSource(file, name) };
    const events: TourEvent[] = [];
    step.run?.(collect(events, say, onProgress));
    yield* events;
  }
}

function collect(events: TourEvent[], say: (text: Localized) => string, progress: (text: string) => void): Show {
  return {
    progress,
    fact: (name, value, text) =>
      void events.push({ kind: "fact", name, value, text: say(text).replace("{}", String(value)) }),
    screen: (screen) => void events.push({ kind: "screen", rows: screen.rows, screen }),
    serial: (text) => void events.push({ kind: "serial", text }),
    heap: (title, map) => void events.push({ kind: "heap", title: say(title), map }),
    stack: (title, picture) => void events.push({ kind: "stack", title: say(title), picture }),
    pages: (title, tree) => void events.push({ kind: "pages", title: say(title), tree }),
  };
}
