/**
 * `format!` (README of the recordings, 3.9): format strings with arguments of many types.
 *
 * @module
 */
import { i32, u8 } from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import { floatFrom } from "./elements.ts";
import type { Frame, Subject } from "./frame.ts";

/** An argument of the recording: Rust's type, and the value. */
type Argument = readonly [type: string, json: unknown];

/** Names that the recordings use, in the order of the arguments, for patterns that have names. */
const NAME = /[{$ :>.^<]([a-z_]\w*)(?=[:$}])/g;
const TRAITS = new Set(["x", "X", "o", "b", "e", "E", "p"]);

export class FormatSubject implements Subject {
  private readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  run(name: string, args: readonly unknown[]): unknown {
    if (name !== "format") throw new Error(`no operation ${name}`);
    const [pattern, given] = args as [string, Argument[]];
    const { api, heap } = this.frame;
    const owners: Disposable[] = [];
    const values = this.frame.quietly(() => given.map(([type, json]) => this.argument(type, json, owners)));
    try {
      const text = api.formatIn(heap, pattern, ...withNames(api, pattern, values));
      const result = { str: text.toString(), cap: text.capacity };
      text.drop();
      return result;
    } finally {
      this.frame.quietly(() => {
        for (const owner of owners) owner[Symbol.dispose]();
      });
    }
  }

  state(): unknown {
    return null;
  }

  private argument(type: string, json: unknown, owners: Disposable[]): unknown {
    const { api, heap } = this.frame;
    const owned = <T extends Disposable>(owner: T): T => {
      owners.push(owner);
      return owner;
    };
    const made = userValue(type, json);
    if (made !== undefined) return made;
    switch (type) {
      case "String":
        return owned(api.String.fromIn(heap, json as string));
      case "Box<i32>":
        return owned(api.Box.newIn(heap, i32, json as number));
      case "std::rc::Rc<str>":
        return owned(api.RcStr.fromIn(heap, json as string));
      case "std::collections::VecDeque<u8>":
        return owned(api.VecDeque.fromIn(heap, u8, json as number[]));
      case "std::collections::LinkedList<u8>":
        return owned(api.LinkedList.fromIn(heap, u8, json as number[]));
      case "std::collections::BTreeSet<u8>":
        return new Set(json as number[]);
      case "std::collections::BTreeMap<i32, &str>":
        return new Map(json as [number, string][]);
      case "Result<u8, String>":
        return api.typed({ name: type }, resultOf(json));
      default:
        return api.typed({ name: type.replace(/^Vec<(.*)>$/, "[$1]") }, valueOf(type, json));
    }
  }
}

/** The JavaScript value of a JSON value. */
function valueOf(type: string, json: unknown): unknown {
  if (/^f\d+$/.test(type)) return floatFrom(json);
  if (/^[ui](?:64|128)$/.test(type)) return BigInt(json as string | number);
  if (/^[ui](?:\d+|size)$/.test(type)) return Number(json);
  if (type.startsWith("Option<")) return Array.isArray(json) ? valueOf(type.slice(7, -1), json[0]) : null;
  return json;
}

function resultOf(json: unknown): unknown {
  const { ok, err } = json as { readonly ok?: unknown; readonly err?: unknown };
  return err === undefined ? { tag: "Ok", value: ok } : { tag: "Err", value: err };
}

/** Gives the last arguments their names, if the pattern has names. */
function withNames(api: Frame["api"], pattern: string, values: readonly unknown[]): unknown[] {
  const names = [...new Set(Array.from(pattern.matchAll(NAME), (found) => found[1]!))].filter(
    (name) => !TRAITS.has(name) || pattern.includes(`{${name}`) || pattern.includes(`${name}$`),
  );
  if (names.length === 0) return [...values];
  const first = values.length - names.length;
  const byName = Object.fromEntries(names.sort().map((name, i) => [name, values[first + i]]));
  return [...values.slice(0, first), api.named(byName)];
}

type Debug = (f: Api.Formatter) => void;

/** Types of the recordings that a user would write, with their derived Debug. */
function userValue(type: string, json: unknown): { fmtDebug: Debug } | undefined {
  const debug = DEBUGS[type];
  return debug === undefined ? undefined : { fmtDebug: (f) => debug(f, json as never) };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const point = (f: Api.Formatter, { x, y }: Point): void => f.debugStruct("Pt").field("x", x).field("y", y).finish();

const DEBUGS: Readonly<Record<string, (f: Api.Formatter, json: never) => void>> = {
  Pt: point,
  Tup: (f, [a, b]: [number, string]) => f.debugTuple("Tup").field(a).field(b).finish(),
  Un: (f) => f.writeStr("Un"),
  En(f, json: "A" | { readonly B: number } | { readonly C: { readonly k: number } }) {
    if (json === "A") f.writeStr("A");
    else if ("B" in json) f.debugTuple("B").field(json.B).finish();
    else f.debugStruct("C").field("k", json.C.k).finish();
  },
  Nest(f, { p, v }: { readonly p: Point; readonly v: readonly (number | null)[] }) {
    const items = v.map((item) => ({
      fmtDebug: (inner: Api.Formatter) =>
        item === null ? inner.writeStr("None") : inner.debugTuple("Some").field(item).finish(),
    }));
    f.debugStruct("Nest")
      .fieldWith("p", (inner) => point(inner, p))
      .field("v", items)
      .fieldWith("u", (inner) => inner.pad("()"))
      .finish();
  },
  "std::cmp::Ordering": (f, name: string) => f.writeStr(name),
  "Option<Option<u8>>"(f, json: [null | [number]] | null) {
    const inner = (part: [number] | null): { fmtDebug: Debug } => ({
      fmtDebug: (g) => (part === null ? g.writeStr("None") : g.debugTuple("Some").field(part[0]).finish()),
    });
    if (json === null) f.writeStr("None");
    else f.debugTuple("Some").field(inner(json[0])).finish();
  },
  "std::ops::Range<i32>"(f, [start, end]: [number, number]) {
    f.debug(start);
    f.writeStr("..");
    f.debug(end);
  },
  "std::time::Duration"(f, milliseconds: number) {
    if (milliseconds === 0) duration(f, 0, "", "ns");
    else if (milliseconds < 1000) duration(f, milliseconds, "", "ms");
    else duration(f, Math.floor(milliseconds / 1000), String(milliseconds % 1000).padStart(3, "0"), "s");
  },
};

/** A duration as Rust's `Debug` writes it: rounded to the precision, padded on the right unless told otherwise. */
function duration(f: Api.Formatter, whole: number, thousandths: string, unit: string): void {
  const { precision, width } = f;
  let integer = whole;
  let fraction = thousandths.replace(/0+$/, "");
  if (precision !== undefined && precision < fraction.length) {
    const exact = BigInt(`${whole}${fraction}`);
    const unitOfLast = 10n ** BigInt(fraction.length - precision);
    const twice = 2n * (exact % unitOfLast);
    const kept = exact / unitOfLast;
    const rounded = twice > unitOfLast || (twice === unitOfLast && kept % 2n === 1n) ? kept + 1n : kept;
    const digits = String(rounded).padStart(precision + 1, "0");
    integer = Number(digits.slice(0, digits.length - precision));
    fraction = digits.slice(digits.length - precision);
  }
  const places = precision ?? fraction.length;
  const sign = f.signPlus ? "+" : "";
  const pieces = [sign, String(integer)];
  // Nine digits at most are written at once.
  const first = fraction.padEnd(Math.min(places, 9), "0");
  if (places > 0) pieces.push(".", first, ...Array.from({ length: places - first.length }, () => "0"));
  pieces.push(unit);
  const missing = Math.max(0, (width ?? 0) - pieces.join("").length);
  const before = f.align === "right" ? missing : f.align === "center" ? Math.floor(missing / 2) : 0;
  for (let i = 0; i < before; i++) f.writeStr(f.fill);
  for (const piece of pieces) f.writeStr(piece);
  for (let i = before; i < missing; i++) f.writeStr(f.fill);
}
