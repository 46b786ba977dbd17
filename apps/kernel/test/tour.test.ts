/** The tour: each chapter's claims, and the command around it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chapters } from "../src/chapters/index.ts";
import { localeLanguage } from "../src/host/tour.ts";
import type { TourEvent } from "../src/tour/chapter.ts";
import { play } from "../src/tour/play.ts";
import { commandLine } from "./host.ts";

type Of<K extends TourEvent["kind"]> = Extract<TourEvent, { kind: K }>;

/** What a chapter shows, step by step. */
function played(name: string): Map<string, TourEvent[]> {
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

function of<K extends TourEvent["kind"]>(kind: K, events: readonly TourEvent[] | undefined): Of<K>[] {
  return (events ?? []).filter((event): event is Of<K> => event.kind === kind);
}

function facts(events: readonly TourEvent[] | undefined): Record<string, unknown> {
  return Object.fromEntries(of("fact", events).map(({ name, value }) => [name, value]));
}

function screenOf(events: readonly TourEvent[] | undefined): string {
  return of("screen", events)
    .flatMap(({ rows }) => rows)
    .join("\n");
}

/** Blocks and holes as `name:size` and `-:size`. */
function pieces(event: Of<"heap">): string[] {
  return event.map.pieces.map(({ kind, name = "?", size }) => `${kind === "hole" ? "-" : name}:${size}`);
}

describe("chapter variables", () => {
  const steps = played("variables");

  it("pushes arguments, return addresses and locals, and pops them", () => {
    const [during, after] = of("stack", steps.get("stack"));
    const names = during!.picture.slots.map(({ frame, name }) => `${frame}.${name}`);
    expect(names).toEqual([
      "outer.argument",
      "outer.return address",
      "outer.x",
      "inner.argument",
      "inner.return address",
      "inner.z",
    ]);
    const addresses = during!.picture.slots.map(({ at }) => at);
    expect(addresses).toEqual([...addresses].sort((a, b) => b - a));
    expect(during!.picture.slots.every(({ live }) => live)).toBe(true);
    expect(during!.picture.slots[5]!.words).toEqual([1, 2, 3]);
    expect(during!.picture.stackPointer).toBe(during!.picture.slots[5]!.at);
    expect(after!.picture.slots.filter(({ live }) => live).map(({ frame }) => frame)).not.toContain("inner");
  });

  it("reads the popped local through a dangling address: first what was there, then what another call left", () => {
    expect(facts(steps.get("stack"))).toEqual({ beforeReuse: 2, afterReuse: 9 });
  });

  it("finds a static at one address, and cannot write one that is read-only", () => {
    expect(facts(steps.get("static"))).toMatchObject({ value: 2 });
    expect(screenOf(steps.get("read-only"))).toContain("PageFaultErrorCode(PROTECTION_VIOLATION | CAUSED_BY_WRITE)");
  });

  it("loses an addition without a lock, and none with it", () => {
    expect(facts(steps.get("race"))).toEqual({ lost: 1 });
    expect(facts(steps.get("lock"))).toEqual({ kept: 2 });
  });
});

describe("chapter dynamic-memory", () => {
  const steps = played("dynamic-memory");

  it("reads what lives on the heap after its maker has returned", () => {
    expect(facts(steps.get("allocate"))).toEqual({ read: 2 });
  });

  it("draws the heap before, with the array, and after", () => {
    expect(of("heap", steps.get("pictures")).map(pieces)).toEqual([["-:102400"], ["z:16", "-:102384"], ["-:102400"]]);
    const [{ picture }] = of("stack", steps.get("pictures")) as [Of<"stack">];
    expect(picture.slots[picture.slots.length - 1]).toMatchObject({ name: "y", words: [0x4444_4444_0004] });
  });

  it("reads a hole's bytes when the block is freed too early", () => {
    expect(facts(steps.get("too-early"))).toEqual({ garbage: 0 });
  });
});

describe("chapter common-errors", () => {
  const steps = played("common-errors");

  it("leaks", () => {
    expect(facts(steps.get("leak"))).toEqual({ leaked: 48 });
    expect(facts(steps.get("leak-found"))).toHaveProperty("sanitizer/leak");
  });

  it("reads another's value after a free", () => {
    expect(facts(steps.get("use-after-free"))).toEqual({ read: 13 });
    expect(facts(steps.get("use-after-free-found"))).toHaveProperty("sanitizer/use-after-free");
  });

  it("gives one block to two owners after a double free", () => {
    expect(facts(steps.get("double-free"))).toEqual({ shared: true, used: 16 });
    expect(facts(steps.get("double-free-found"))).toHaveProperty("sanitizer/double-free");
  });

  it("is refused a double free that the heap can see", () => {
    expect(facts(steps.get("double-free-at-once"))).toHaveProperty("bad-free/aliases-hole");
    expect(of("heap", steps.get("double-free-at-once")).map(pieces)).toEqual([["-:102400"]]);
  });
});

describe("chapter rust", () => {
  const steps = played("rust");

  it("frees at the end of the scope", () => {
    expect(of("heap", steps.get("scope")).map(pieces)).toEqual([["z:16", "-:102384"], ["-:102400"]]);
  });

  it("catches a reference that outlives its box, and a moved box", () => {
    expect(Object.keys(facts(steps.get("outlived")))).toEqual(["UseAfterDropError"]);
    expect(Object.keys(facts(steps.get("moved")))).toEqual(["UseAfterMoveError"]);
  });

  it("counts owners over scopes", () => {
    expect(facts(steps.get("shared"))).toEqual({ outside: 1, inside: 2, "outside again": 1 });
    expect(of("heap", steps.get("shared")).map(pieces)).toEqual([["-:102400"]]);
  });
});

describe("chapter interface", () => {
  const steps = played("interface");
  const serial = (step: string): string[] =>
    of("serial", steps.get(step)).flatMap(({ text }) => text.trimEnd().split("\n"));

  it("calls the four methods", () => {
    expect(serial("by-hand").map((line) => line.split(" ")[0])).toEqual([
      "alloc",
      "alloc_zeroed",
      "realloc",
      "dealloc",
      "dealloc",
    ]);
  });

  it("grows a vector by doubling", () => {
    expect(serial("by-collection")).toEqual([
      "alloc 32 8 → 0x444444440000",
      "realloc 0x444444440000 32 8 64 → 0x444444440020",
      "realloc 0x444444440020 64 8 128 → 0x444444440060",
      "dealloc 0x444444440060 128 8",
    ]);
  });

  it("builds allocZeroed and realloc from alloc and dealloc", () => {
    expect(serial("defaults").map((line) => line.split("(")[0])).toEqual(["alloc", "alloc", "dealloc", "dealloc"]);
  });

  it("refuses no allocator, and two", () => {
    expect(facts(steps.get("none")).refused).toContain("no global memory allocator found but one is required");
    expect(facts(steps.get("two")).refused).toContain("cannot define multiple global allocators");
  });

  it("panics without memory, in the standard words or the kernel's own", () => {
    expect(screenOf(steps.get("dummy"))).toContain("allocation error: Layout { size_: 4, align_: 4 }");
    expect(screenOf(steps.get("handler"))).toContain("no room for 4 bytes, and nobody to ask");
  });
});

describe("chapter kernel-heap", () => {
  const steps = played("kernel-heap");

  it("faults before the mapping", () => {
    expect(screenOf(steps.get("before"))).toContain("Accessed Address: VirtAddr(0x444444440000)");
  });

  it("takes a frame for each page and each missing table", () => {
    expect(facts(steps.get("map"))).toEqual({ "first-page": 4, frames: 28 });
    const [{ tree }] = of("pages", steps.get("map")) as [Of<"pages">];
    const path: number[] = [];
    for (let nodes = tree.nodes; nodes.length > 0; nodes = nodes[0]!.children) path.push(nodes[0]!.index);
    expect(path).toEqual([136, 273, 34, 64]);
  });

  it("reads the old frame until the TLB is flushed", () => {
    expect(facts(steps.get("flush"))).toEqual({ stale: 1, fresh: 2 });
  });

  it("fails without frames and when a page is mapped, and leaves frames behind", () => {
    expect(facts(steps.get("no-frames"))).toEqual({ "map/frame-allocation-failed": "FrameAllocationFailed" });
    expect(facts(steps.get("twice"))).toHaveProperty("map/page-already-mapped");
    expect(facts(steps.get("left-behind"))).toEqual({ "left-behind": 3 });
  });
});

describe("chapter allocator-crate", () => {
  const steps = played("allocator-crate");

  it("fails before init, and before the mapping", () => {
    expect(screenOf(steps.get("before-init"))).toContain("allocation error");
    expect(screenOf(steps.get("before-mapping"))).toContain("EXCEPTION: PAGE FAULT");
  });

  it("shows the holes after each step of the showcase", () => {
    const maps = of("heap", steps.get("showcase")).map(pieces);
    expect(maps[0]).toEqual(["heapValue:16", "-:102384"]);
    expect(maps[8]).toEqual(["heapValue:16", "-:2032", "vec:2048", "-:98304"]);
    expect(maps[9]).toEqual(["heapValue:16", "its vector:16", "Rc:40", "-:1976", "vec:2048", "-:98304"]);
    expect(maps[10]).toEqual(maps[8]);
    expect(facts(steps.get("showcase"))).toEqual({ vec: "0x444444440800" });
  });

  it("detects the deadlock of a handler that allocates", () => {
    expect(Object.keys(facts(steps.get("interrupt")))).toEqual(["DeadlockError"]);
  });
});

describe("every chapter", () => {
  it.each(chapters.map((chapter) => [chapter.name, chapter] as const))(
    "%s has both languages and its own source",
    (_, chapter) => {
      for (const text of [chapter.title, chapter.summary, ...chapter.steps.map((step) => step.text)]) {
        expect(text.en).toMatch(/[a-z]/);
        expect(text.zh).toMatch(/\p{Script=Han}/u);
      }
      const source = readFileSync(new URL(`../src/chapters/${chapter.file}`, import.meta.url), "utf8");
      for (const event of play(chapter, "zh"))
        if (event.kind === "code") expect(source).toContain(event.lines.join("\n"));
      expect(new Set(chapter.steps.map(({ name }) => name)).size).toBe(chapter.steps.length);
    },
  );
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
    const events = (await commandLine("tour rust --json")).out.trimEnd().split("\n");
    expect(events.map((line) => (JSON.parse(line) as TourEvent).kind)).toContain("heap");
  });

  it("refuses a chapter that does not exist", async () => {
    const { status, err } = await commandLine("tour nowhere");
    expect(status).toBe(2);
    expect(err).toContain('there is no chapter "nowhere"');
  });

  it("speaks the locale's language", () => {
    expect(localeLanguage({ LANG: "zh_CN.UTF-8" })).toBe("zh");
    expect(localeLanguage({ LC_ALL: "en_US.UTF-8", LANG: "zh_CN.UTF-8" })).toBe("en");
    expect(localeLanguage({})).toBe("en");
  });
});
