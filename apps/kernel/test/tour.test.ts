/** The tour: what holds for every chapter, and the command around them. */
import { readFileSync } from "node:fs";
import { Chalk } from "chalk";
import { describe, expect, it } from "vitest";
import { chapters } from "../src/chapters/index.ts";
import { eventText } from "../src/host/tour-text.ts";
import { localeLanguage } from "../src/host/tour.ts";
import type { TourEvent } from "../src/tour/chapter.ts";
import { play } from "../src/tour/play.ts";
import { commandLine } from "./host.ts";

/** What is the same in all languages. */
function untold(event: TourEvent): unknown {
  if (event.kind === "fact") return [event.name, event.value];
  if (event.kind === "heap") return event.map.pieces.map(({ at, size }) => [at, size]);
  return event.kind;
}

/** What is told of an event, without the value that it quotes. */
function told(event: TourEvent): string | undefined {
  if (event.kind === "step") return event.text;
  if (event.kind === "fact") return event.text.replace(String(event.value), "") || undefined;
  return "title" in event ? event.title : undefined;
}

const CHINESE = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;

describe.each(chapters.map((chapter) => [chapter.name, chapter] as const))("chapter %s", (_, chapter) => {
  const [zh, en] = [[...play(chapter, "zh")], [...play(chapter, "en")]];

  it("shows the same in both languages, each in its own words", () => {
    expect(zh.map(untold)).toEqual(en.map(untold));
    for (const text of zh.map(told)) if (text !== undefined) expect(text).toMatch(CHINESE);
    for (const text of en.map(told)) if (text !== undefined) expect(text).not.toMatch(CHINESE);
    expect(chapter.summary.zh).toMatch(CHINESE);
    expect(chapter.summary.en).not.toMatch(CHINESE);
  });

  it("has steps of its own names, and shows the source that runs", () => {
    expect(new Set(chapter.steps.map(({ name }) => name)).size).toBe(chapter.steps.length);
    const code = en.filter((event) => event.kind === "code");
    expect(code.length).toBeGreaterThan(0);
    for (const { file, firstLine, lines } of code) {
      const source = readFileSync(new URL(`../${file}`, import.meta.url), "utf8").split("\n");
      expect(source.slice(firstLine - 1, firstLine - 1 + lines.length)).toEqual(lines);
    }
  });
});

describe("the README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

  it("names every chapter with its section, in the order of the tour", () => {
    const rows = readme.split("\n").filter((line) => line.startsWith("| ["));
    const named = rows.flatMap((row) => /\| (\d) `([a-z-]+)` *\|/.exec(row)?.slice(1, 3).join(" ") ?? []);
    expect([...new Set(named)]).toEqual(chapters.map(({ name }, index) => `${index + 1} ${name}`));
    for (const chapter of chapters) {
      const row = rows.find((each) => each.includes(`\`${chapter.name}\``));
      expect(row).toContain(`heap-allocation/#${chapter.section})`);
    }
  });

  const events = chapters
    .filter(({ name }) => ["variables", "interface", "kernel-heap", "allocator-crate"].includes(name))
    .flatMap((chapter) => [...play(chapter, "en")]);

  it("names every kind of event", () => {
    const kinds = new Set(events.map(({ kind }) => kind));
    expect(kinds.size).toBe(9);
    for (const kind of kinds) expect(readme).toContain(`\`${kind}\``);
  });

  it("shows a drawing as the tour draws it", () => {
    const event = events.find((each) => each.kind === "heap" && each.title === "the vector grows to 512 elements")!;
    expect(readme).toContain(eventText(event, { width: 100, chalk: new Chalk({ level: 0 }) }));
  });
});

describe("kernel tour", () => {
  it("lists the chapters, one line each", async () => {
    const { status, out } = await commandLine("tour --list --lang en");
    expect(status).toBe(0);
    expect(out.trimEnd().split("\n")).toHaveLength(chapters.length);
  });

  it("plays one chapter by name or number, as text or as JSON", async () => {
    const text = await commandLine("tour rust --lang en");
    expect(text.out).toContain("Allocation in Rust's way");
    expect(text.out).toContain("using z = Box.new(i32, 41);");
    expect((await commandLine("tour 4 --lang en")).out).toBe(text.out);
    expect((await commandLine("tour rust --lang zh")).out).toContain("Rust 的分配方式");
    const json = (await commandLine("tour rust --json --lang en")).out;
    const rust = chapters.find(({ name }) => name === "rust")!;
    const events = json
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as TourEvent);
    expect(events).toEqual([...play(rust, "en")]);
    expect((await commandLine("tour rust --json --lang en")).out).toBe(json);
  });

  it("refuses a chapter that does not exist", async () => {
    const { status, err } = await commandLine("tour nowhere");
    expect(status).toBe(2);
    expect(err).toBe(
      `kernel: there is no chapter "nowhere"; there are ${chapters.map(({ name }) => name).join(", ")}\n`,
    );
    expect((await commandLine("tour 0")).status).toBe(2);
    expect((await commandLine(`tour ${chapters.length + 1}`)).status).toBe(2);
  });

  it("speaks the locale's language", () => {
    expect(localeLanguage({ LANG: "zh_CN.UTF-8" })).toBe("zh");
    expect(localeLanguage({ LC_ALL: "en_US.UTF-8", LANG: "zh_CN.UTF-8" })).toBe("en");
    expect(localeLanguage({})).toBe("en");
  });
});
