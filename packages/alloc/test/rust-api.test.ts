/** RUST-API.md and the README's table say where each of Rust's methods is: held to Rust's own list, and to the code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LockedHeap } from "@kmem/linked-list-allocator";
import { u32 } from "@kmem/repr";
import { describe, expect, it } from "vitest";
import * as alloc from "../src/index.ts";
import { OURS, RUST_1_95 } from "./rust-methods.ts";

const folder = join(import.meta.dirname, "..");
const page = readFileSync(join(folder, "RUST-API.md"), "utf8");
const readme = readFileSync(join(folder, "README.md"), "utf8");
const api = alloc as unknown as Readonly<Record<string, unknown>>;

const heap = LockedHeap.inBuffer(new ArrayBuffer(4096));
const map = alloc.BTreeMap.newIn(heap, u32, u32);
/** What has fields that its prototype does not show. */
const samples: Readonly<Record<string, object>> = { VacantEntry: map.entry(1) };

/** Whether a class has a static or instance member of this name. */
function has(className: string, name: string): boolean {
  const made = api[className];
  if (typeof made !== "function") return false;
  const objects = [made.prototype as object | undefined, samples[className]];
  // Every function has a length and a name.
  return (
    (name in made && !(name in Function.prototype)) || objects.some((object) => object !== undefined && name in object)
  );
}

const codes = (text: string): string[] => Array.from(text.matchAll(/`([^`]+)`/g), (match) => match[1]!);
const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

describe("RUST-API.md", () => {
  const sections = new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.slice(0, section.indexOf("\n")), section] as const),
  );

  it("has one section for each type", () => {
    expect([...sections.keys()]).toEqual(Object.keys(RUST_1_95));
    expect(Object.keys(OURS)).toEqual(Object.keys(RUST_1_95));
  });

  it.each(Object.keys(RUST_1_95))("names every stable method of %s once, and only what exists", (heading) => {
    const section = sections.get(heading)!;
    const classes = OURS[heading]!;
    const same = codes(/The same in camelCase: ([^]*?)\./.exec(section)?.[1] ?? "");
    const rows = section.split("\n").filter((line) => line.startsWith("| `"));
    const elsewhere = rows.flatMap((row) => codes(row.split("|")[1]!));
    const listed = [...same, ...elsewhere.map(camelCase)].sort();
    expect(listed).toEqual(RUST_1_95[heading]!.split(" ").map(camelCase).sort());
    for (const name of same) expect({ name, on: classes.filter((c) => has(c, name)) }).not.toEqual({ name, on: [] });
    for (const row of rows) {
      const here = row.split("|")[2]!;
      const [reason = ""] = /left out.*/.exec(here) ?? [];
      expect({
        row,
        says: reason !== "" || codes(here).length > 0 || here.includes("the field") || here.includes("the same"),
      }).toEqual({ row, says: true });
      for (const name of codes(here)) {
        if (/^(Mut|RefMut|MaybeUninit)$|::|dyn |<|^mem/.test(name)) continue;
        const [first = "", member] = name.split(".");
        const found = member === undefined ? first in api || classes.some((c) => has(c, first)) : has(first, member);
        expect({ row, name, found }).toEqual({ row, name, found: true });
      }
    }
  });
});

describe("README.md", () => {
  it("names only what exists in its table of Rust's API", () => {
    const table = /\| Rust +\| here +\|\n[^]*?\n\n/.exec(readme)![0];
    const names = table
      .split("\n")
      .slice(2)
      .flatMap((row) => codes(row.split(/(?<!\\)\|/)[2] ?? ""));
    const members = new Set(Object.keys(OURS).flatMap((heading) => OURS[heading]!));
    for (const more of ["Slice", "RefMut", "Iter", "ExactIter"]) members.add(more);
    let checked = 0;
    for (const code of names)
      if (code !== "undefined")
        for (const [, path = ""] of code.matchAll(
          /(?:^|[ .(])((?:[A-Z][A-Za-z]*\.)?[a-zA-Z]{3,}(?:[A-Z][A-Za-z]*)?)(?=\(|$)/g,
        )) {
          const [first = "", member] = path.split(".");
          const found =
            member === undefined ? first in api || [...members].some((c) => has(c, first)) : has(first, member);
          expect({ code, path, found }).toEqual({ code, path, found: true });
          checked++;
        }
    expect(checked).toBeGreaterThan(60);
  });
});
