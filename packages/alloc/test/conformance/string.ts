/**
 * Replays the recordings of String (README of the recordings, 3.2).
 *
 * @module
 */
import {
  f32,
  f64,
  i32,
  i8,
  isize,
  i16,
  i64,
  u16,
  u32,
  u64,
  u8,
  usize as usizeType,
  bool,
  char,
  type Type,
} from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import { exactUsize, usize, type Frame, type Subject } from "./frame.ts";
import { panicking } from "./panicking.ts";

type Text = Api.String;
type Op = (subject: StringSubject, ...args: never[]) => unknown;

/** A String given back as a whole; dropped. */
function consume(text: Text): unknown {
  const json = { str: text.toString(), cap: text.capacity };
  text.drop();
  return json;
}

export class StringSubject implements Subject {
  readonly frame: Frame;
  private current: Text | undefined = undefined;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  get api(): Frame["api"] {
    return this.frame.api;
  }

  get heap(): Frame["heap"] {
    return this.frame.heap;
  }

  get text(): Text {
    return this.current!;
  }

  /** Assigns: the new value is there before the old one is dropped. */
  set text(text: Text) {
    const old = this.current;
    this.current = text;
    if (old?.isOwned === true) old.drop();
  }

  run(name: string, args: readonly unknown[]): unknown {
    const op = OPS[name];
    if (op === undefined) throw new Error(`String has no operation ${name}`);
    return op(this, ...(args as never[]));
  }

  state(): unknown {
    return [this.text.length, this.text.capacity];
  }

  drop(): void {
    this.current!.drop();
    this.current = undefined;
  }
}

/** An iterable that promises nothing. */
function* unhinted<T>(values: readonly T[]): Generator<T, void> {
  yield* values;
}

const key = (char: string): number => char.codePointAt(0)!;
const orNull = <T>(value: T | undefined): T | null => value ?? null;

/** What parses: the value, or the message. */
function parsed<T>(subject: StringSubject, type: Type<T>, text: string): unknown {
  const value = subject.api.parseText(type, text);
  return value instanceof subject.api.ParseError ? { err: value.message } : { ok: json(value) };
}

/** Numbers that JSON has not, and bigints, are recorded as text. */
function json(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "number") return value;
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  return Object.is(value, -0) ? "-0" : value;
}

function numberOf(value: unknown): number {
  return value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value);
}

function toText<T>(type: Type<T>, read: (json: unknown) => T): Op {
  return ({ api, heap }, value: unknown) => consume(api.toStringIn(heap, type, read(value)));
}

const OPS: Readonly<Record<string, Op>> = {
  new(s) {
    s.text = s.api.String.newIn(s.heap);
  },
  with_capacity(s, capacity: unknown) {
    s.text = s.api.String.withCapacityIn(s.heap, usize(capacity));
  },
  from(s, text: string) {
    s.text = s.api.String.fromIn(s.heap, text);
  },
  from_str(s, text: string) {
    s.text = s.api.String.fromIn(s.heap, text);
  },
  to_string(s, text: string) {
    s.text = s.api.String.fromIn(s.heap, text);
  },
  from_cow_borrowed(s, text: string) {
    s.text = s.api.String.fromIn(s.heap, text);
  },
  from_char(s, text: string) {
    s.text = s.api.String.fromChar(text, s.heap);
  },
  from_chars(s, chars: string[]) {
    s.text = s.api.String.fromChars(chars, s.heap);
  },
  from_strs(s, parts: string[]) {
    s.text = s.api.String.fromStrs(parts, s.heap);
  },
  from_strings(s, parts: string[]) {
    s.text = s.api.String.fromStrings(ownedEach(s, parts), s.heap);
  },
  concat(s, parts: string[]) {
    s.text = s.api.String.concat(parts, s.heap);
  },
  join(s, parts: string[], separator: string) {
    s.text = s.api.String.join(parts, separator, s.heap);
  },
  from_box_str(s, text: string) {
    s.text = s.api.BoxedStr.fromIn(s.heap, text).intoString();
  },
  drop(s) {
    s.drop();
  },

  push: (s, char: string) => s.text.push(char),
  push_str: (s, text: string) => s.text.pushStr(text),
  add: (s, text: string) => s.text.pushStr(text),
  add_assign: (s, text: string) => s.text.pushStr(text),
  pop: (s) => s.text.pop(),
  insert: (s, at: unknown, char: string) => s.text.insert(usize(at), char),
  insert_str: (s, at: unknown, text: string) => s.text.insertStr(usize(at), text),
  remove: (s, at: unknown) => s.text.remove(usize(at)),
  truncate: (s, length: unknown) => s.text.truncate(usize(length)),
  clear: (s) => s.text.clear(),
  retain: (s, m: number, q: number) => s.text.retain((char) => key(char) % m !== q),
  retain_panics: (s, m: number, q: number, good: number) =>
    s.text.retain(panicking("predicate", good, (char: string) => key(char) % m !== q)),
  drain: (s, a: unknown, b: unknown, n: number) => drained(s, usize(a), usize(b), n, false),
  drain_back: (s, a: unknown, b: unknown, n: number) => drained(s, usize(a), usize(b), n, true),
  replace_range: (s, a: unknown, b: unknown, text: string) => s.text.replaceRange(usize(a), usize(b), text),
  split_off: (s, at: unknown) => consume(s.text.splitOff(usize(at))),
  extend_chars: (s, chars: string[]) => s.text.extendChars(chars),
  extend_chars_lower: (s, chars: string[]) => s.text.extendChars(unhinted(chars)),
  extend_strs: (s, parts: string[]) => s.text.extend(parts),
  extend_strings: (s, parts: string[]) => s.text.extendStrings(ownedEach(s, parts)),
  extend_from_within: (s, a: unknown, b: unknown) => s.text.extendFromWithin(usize(a), usize(b)),
  reserve: (s, n: unknown) => s.text.reserve(exactUsize(n)),
  reserve_exact: (s, n: unknown) => s.text.reserveExact(exactUsize(n)),
  try_reserve: (s, n: unknown) => s.text.tryReserve(exactUsize(n)) === undefined,
  shrink_to_fit: (s) => s.text.shrinkToFit(),
  shrink_to: (s, n: unknown) => s.text.shrinkTo(usize(n)),
  make_ascii_lowercase: (s) => s.text.makeAsciiLowercase(),
  make_ascii_uppercase: (s) => s.text.makeAsciiUppercase(),
  write_fmt(s, x: number, p: string) {
    s.text.writeFmt("<{}:{}>", x, p);
  },
  clone_from(s, text: string) {
    const source = s.frame.quietly(() => s.api.String.fromIn(s.heap, text));
    s.text.cloneFrom(source);
    s.frame.quietly(() => source.drop());
  },
  clone_replace(s) {
    s.text = s.text.clone();
  },
  replace_self(s, from: string, to: string) {
    s.text = s.text.replace(from, to);
  },
  collect_chars_rev(s) {
    s.text = s.api.String.fromChars(s.text.chars().rev(), s.heap);
  },
  collect_filter(s, m: number, q: number) {
    s.text = s.api.String.fromChars(
      s.text.chars().filter((char) => key(char) % m !== q),
      s.heap,
    );
  },
  bytes_roundtrip(s) {
    const bytes = s.text.intoBytes();
    const text = s.api.String.fromUtf8(bytes);
    if (text instanceof s.api.Utf8Error) throw text;
    s.text = text;
  },
  boxed_roundtrip(s) {
    const box = s.text.intoBoxedStr();
    const { length } = box;
    s.text = box.intoString();
    return length;
  },
  take: (s) => consume(s.text.take()),

  contents: (s) => s.text.toString(),
  len_chars: (s) => [s.text.length, s.text.chars().count()],
  is_empty: (s) => s.text.isEmpty(),
  is_ascii: (s) => s.text.isAscii(),
  is_char_boundary(s) {
    const indices = Array.from({ length: s.text.length + 2 }, (_, i) => i);
    return indices.filter((i) => s.text.isCharBoundary(i));
  },
  floor_char_boundary: (s, at: unknown) => s.text.floorCharBoundary(usize(at)),
  ceil_char_boundary: (s, at: unknown) => s.text.ceilCharBoundary(usize(at)),
  slice: (s, a: unknown, b: unknown) => s.text.slice(usize(a), usize(b)),
  slice_from: (s, a: unknown) => s.text.slice(usize(a)),
  slice_to: (s, b: unknown) => s.text.slice(0, usize(b)),
  slice_inclusive: (s, a: unknown, b: unknown) =>
    s.text.sliceInclusive(usize(a), b === "usize::MAX" ? 2 ** 64 : usize(b)),
  get_range: (s, a: unknown, b: unknown) => orNull(s.text.get(usize(a), usize(b))),
  split_at: (s, at: unknown) => s.text.splitAt(usize(at)),
  bytes: (s) => [...s.text.bytes()],
  bytes_sum: (s) => s.text.bytes().reduce((sum, byte) => sum + byte, 0),
  chars: (s) => [...s.text.chars()],
  chars_rev: (s) => [...s.text.chars().rev()],
  chars_nth: (s, n: number) => orNull([...s.text.chars()][n]),
  char_indices: (s) => [...s.text.charIndices()],
  encode_utf16: (s) => s.text.encodeUtf16(),
  count_alphabetic_numeric_whitespace: (s) =>
    [s.api.isAlphabetic, s.api.isNumeric, s.api.isWhitespace].map((is) => s.text.chars().filter(is).count()),
  contains: (s, text: string) => s.text.contains(text),
  starts_with: (s, text: string) => s.text.startsWith(text),
  ends_with: (s, text: string) => s.text.endsWith(text),
  find_str: (s, text: string) => orNull(s.text.find(text)),
  rfind_str: (s, text: string) => orNull(s.text.rfind(text)),
  find_char: (s, text: string) => orNull(s.text.find(text)),
  rfind_char: (s, text: string) => orNull(s.text.rfind(text)),
  find_pred_upper: (s) => orNull(s.text.find(s.api.isUppercase)),
  matches: (s, text: string) => s.text.matches(text).length,
  match_indices: (s, text: string) => s.text.matchIndices(text).map(([at]) => at),
  rmatch_indices: (s, text: string) => s.text.rmatchIndices(text).map(([at]) => at),
  split: (s, text: string) => s.text.split(text),
  split_char: (s, text: string) => s.text.split(text),
  rsplit: (s, text: string) => s.text.rsplit(text),
  splitn: (s, n: number, text: string) => s.text.splitn(n, text),
  rsplitn: (s, n: number, text: string) => s.text.rsplitn(n, text),
  split_terminator: (s, text: string) => s.text.splitTerminator(text),
  split_inclusive: (s, text: string) => s.text.splitInclusive(text),
  split_once: (s, text: string) => orNull(s.text.splitOnce(text)),
  rsplit_once: (s, text: string) => orNull(s.text.rsplitOnce(text)),
  split_whitespace: (s) => s.text.splitWhitespace(),
  split_ascii_whitespace: (s) => s.text.splitAsciiWhitespace(),
  lines: (s) => s.text.lines(),
  trim: (s) => s.text.trim(),
  trim_start: (s) => s.text.trimStart(),
  trim_end: (s) => s.text.trimEnd(),
  trim_matches: (s, text: string) => s.text.trimMatches(text),
  trim_start_matches: (s, text: string) => s.text.trimStartMatches(text),
  trim_end_matches: (s, text: string) => s.text.trimEndMatches(text),
  strip_prefix: (s, text: string) => orNull(s.text.stripPrefix(text)),
  strip_suffix: (s, text: string) => orNull(s.text.stripSuffix(text)),
  eq: (s, text: string) => s.text.equals(text),
  cmp: (s, text: string) => s.text.compareTo(text),
  eq_ignore_ascii_case: (s, text: string) => s.text.eqIgnoreAsciiCase(text),

  clone: (s) => consume(s.text.clone()),
  to_owned_slice: (s, a: unknown, b: unknown) => consume(s.api.String.fromIn(s.heap, s.text.slice(usize(a), usize(b)))),
  repeat: (s, n: unknown) => consume(s.text.repeat(usize(n))),
  replace: (s, from: string, to: string) => consume(s.text.replace(from, to)),
  replace_char: (s, from: string, to: string) => consume(s.text.replace(from, to)),
  replacen: (s, from: string, to: string, n: unknown) => consume(s.text.replacen(from, to, usize(n))),
  to_lowercase: (s) => consume(s.text.toLowercase()),
  to_uppercase: (s) => consume(s.text.toUppercase()),
  to_ascii_lowercase: (s) => consume(s.text.toAsciiLowercase()),
  to_ascii_uppercase: (s) => consume(s.text.toAsciiUppercase()),
  escape_debug: (s) => consume(s.text.escapeDebug()),
  escape_default: (s) => consume(s.text.escapeDefault()),
  escape_unicode: (s) => consume(s.text.escapeUnicode()),
  debug: (s) => consume(s.text.toDebug()),

  from_utf8({ api, heap }, bytes: number[]) {
    const vec = api.Vec.fromIn(heap, u8, bytes);
    const text = api.String.fromUtf8(vec);
    if (!(text instanceof api.Utf8Error)) {
      const ok = text.toString();
      text.drop();
      return { ok };
    }
    vec.drop();
    return { err: [text.validUpTo, text.errorLength ?? null], msg: text.message };
  },
  from_utf8_lossy({ api, heap }, bytes: number[]) {
    const text = api.String.fromUtf8Lossy(Uint8Array.from(bytes), heap);
    if (typeof text === "string") return { borrowed: text };
    const { str: owned, cap } = consume(text) as { str: string; cap: number };
    return { owned, cap };
  },
  from_utf16({ api, heap }, units: number[]) {
    const text = api.String.fromUtf16(units, heap);
    return text instanceof api.Utf16Error ? { err: text.message } : consume(text);
  },
  from_utf16_lossy: ({ api, heap }, units: number[]) => consume(api.String.fromUtf16Lossy(units, heap)),
  str_to_uppercase: (s, text: string) => made(s, text, (t) => t.toUppercase()),
  str_to_lowercase: (s, text: string) => made(s, text, (t) => t.toLowercase()),
  str_to_ascii_uppercase: (s, text: string) => made(s, text, (t) => t.toAsciiUppercase()),
  str_to_ascii_lowercase: (s, text: string) => made(s, text, (t) => t.toAsciiLowercase()),
  str_escape_debug: (s, text: string) => made(s, text, (t) => t.escapeDebug()),
  str_escape_default: (s, text: string) => made(s, text, (t) => t.escapeDefault()),
  str_escape_unicode: (s, text: string) => made(s, text, (t) => t.escapeUnicode()),
  parse_u8: (s, text: string) => parsed(s, u8, text),
  parse_i8: (s, text: string) => parsed(s, i8, text),
  parse_i32: (s, text: string) => parsed(s, i32, text),
  parse_u64: (s, text: string) => parsed(s, u64, text),
  parse_f64: (s, text: string) => parsed(s, f64, text),
  parse_bool: (s, text: string) => parsed(s, bool, text),
  parse_char: (s, text: string) => parsed(s, char, text),
  i32_from_str_radix({ api }, text: string, radix: number) {
    const value = api.parseRadix(i32, text, radix);
    return value instanceof api.ParseError ? { err: value.message } : { ok: value };
  },
  u8_to_string: toText(u8, Number),
  i8_to_string: toText(i8, Number),
  u16_to_string: toText(u16, Number),
  i16_to_string: toText(i16, Number),
  u32_to_string: toText(u32, Number),
  i32_to_string: toText(i32, Number),
  u64_to_string: toText(u64, (value) => BigInt(value as string)),
  i64_to_string: toText(i64, (value) => BigInt(value as string)),
  usize_to_string: toText(usizeType, Number),
  isize_to_string: toText(isize, Number),
  f64_to_string: toText(f64, numberOf),
  f32_to_string: toText(f32, (value) => Math.fround(numberOf(value))),
  bool_to_string: toText(bool, Boolean),
  char_to_string: toText(char, String),
  u128_to_string: ({ api, heap }, value: unknown) => consume(api.toStringIn(heap, "u128", BigInt(value as string))),
  i128_to_string: ({ api, heap }, value: unknown) => consume(api.toStringIn(heap, "i128", BigInt(value as string))),
};

/** Owned texts, each made when it is asked for. */
function* ownedEach({ api, heap }: StringSubject, parts: readonly string[]): Generator<Text, void> {
  for (const part of parts) yield api.String.fromIn(heap, part);
}

function drained({ text }: StringSubject, a: number, b: number, n: number, fromBack: boolean): string[] {
  using drain = text.drain(a, b);
  const taken: string[] = [];
  while (taken.length < n) {
    const next = fromBack ? drain.nextBack() : drain.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

/** What an operation makes of a borrowed text. */
function made({ api, heap, frame }: StringSubject, text: string, make: (text: Text) => Text): unknown {
  const source = frame.quietly(() => api.String.fromIn(heap, text));
  const result = consume(make(source));
  frame.quietly(() => source.drop());
  return result;
}
