/**
 * How each kind of value writes itself: Rust's `impl Display for …`, `impl Debug for …`, and so on.
 *
 * @module
 */
import { Panic } from "@kmem/memory";
import { UNIT } from "@kmem/repr";
import { Owner } from "../core/owner.ts";
import { RefCell } from "../language/ref-cell.ts";
import { writeQuoted } from "../string/escape.ts";
import type { Formatter } from "./formatter.ts";
import { addressOf, isInteger, writeFloat, writeInteger, writePointer } from "./numbers.ts";
import { shapeNamed, shapeOf, type Named, type Shape } from "./shape.ts";
import type { Trait } from "./spec.ts";
import { Typed } from "./typed.ts";

/** A type of your own writes itself through any of these; each is called for its trait, with the formatter. */
export interface Formattable {
  fmtDisplay?(f: Formatter): void;
  fmtDebug?(f: Formatter): void;
  fmtLowerHex?(f: Formatter): void;
  fmtUpperHex?(f: Formatter): void;
  fmtOctal?(f: Formatter): void;
  fmtBinary?(f: Formatter): void;
  fmtLowerExp?(f: Formatter): void;
  fmtUpperExp?(f: Formatter): void;
  fmtPointer?(f: Formatter): void;
}

/** An owner that can be looked into. */
interface Contents {
  readonly typeName: string;
  readonly type?: Named;
  readonly value?: unknown;
  toString(): string;
  [Symbol.iterator]?(): Iterator<unknown>;
}

/** A value of `enumOf`. */
interface Variant {
  readonly tag: string;
  readonly value: unknown;
}

const INTEGERS = /^(?:[ui](?:8|16|32|64|128)|[ui]size)$/;
const TEXTS: ReadonlySet<string> = new Set(["String", "str", "Box<str>", "Rc<str>", "Arc<str>"]);
/** What points at one value, and is written as that value. */
const POINTERS: ReadonlySet<string> = new Set(["Box", "Rc", "Arc"]);
const NUMBER_TRAITS: ReadonlySet<Trait> = new Set(["LowerHex", "UpperHex", "Octal", "Binary"]);

/**
 * Writes a value by a trait.
 *
 * @throws Panic when the value, or one inside of it, has no such trait: {@link hasTrait} says so beforehand
 */
export function writeValue(f: Formatter, trait: Trait, value: unknown, shape?: Shape): void {
  if (trait === "Pointer") {
    if (!writeOwn(f, trait, value)) writePointer(f, value);
    return;
  }
  if (value instanceof Typed) {
    writeValue(f, trait, value.value, value.shape);
    return;
  }
  if (shape !== undefined && value !== null && value !== undefined && writeWrapped(f, trait, value, shape)) return;
  switch (typeof value) {
    case "string":
      if (trait === "Display") f.pad(value);
      else if (trait !== "Debug") noTrait(trait, value);
      else if (shape?.head === "char") writeQuoted(f, value, "'");
      else writeQuoted(f, value, '"');
      return;
    case "number":
    case "bigint":
      writeNumber(f, trait, value, shape);
      return;
    case "boolean":
      if (trait !== "Display" && trait !== "Debug") noTrait(trait, value);
      f.pad(String(value));
      return;
    case "undefined":
      writeNone(f, trait, value, shape);
      return;
    case "object":
      if (value === null) writeNone(f, trait, value, shape);
      else writeObject(f, trait, value, shape);
      return;
    default:
      noTrait(trait, value);
  }
}

/** Whether a value has a trait; what is inside of lists and structs shows only when it is written. */
export function hasTrait(trait: Trait, value: unknown): boolean {
  if (hasOwn(trait, value)) return true;
  if (value instanceof Typed) return hasTrait(trait, value.value);
  if (trait === "Pointer") return addressOf(value) !== undefined;
  if (value instanceof Owner) {
    const { typeName } = value;
    if (trait === "Debug") return true;
    if (TEXTS.has(typeName)) return trait === "Display";
    const inner = value as unknown as Contents;
    return isPointer(typeName) && hasTrait(trait, inner.value);
  }
  switch (typeof value) {
    case "number":
    case "bigint":
      return !NUMBER_TRAITS.has(trait) || isInteger(value);
    case "string":
    case "boolean":
      return trait === "Display" || trait === "Debug";
    case "object":
    case "undefined":
      return trait === "Debug" || (trait === "Display" && value instanceof Error);
    default:
      return false;
  }
}

function writeNumber(f: Formatter, trait: Trait, value: number | bigint, shape: Shape | undefined): void {
  const head = shape?.head === "NonZero" ? shape.parts[0]?.head : shape?.head;
  if (head === "f64" || head === "f32") writeFloat(f, trait, Number(value), head === "f32");
  else if (head !== undefined && INTEGERS.test(head)) writeInteger(f, trait, value, head);
  else if (isInteger(value)) writeInteger(f, trait, value, undefined);
  else if (NUMBER_TRAITS.has(trait)) noTrait(trait, value);
  else writeFloat(f, trait, Number(value), false);
}

/** Writes `Some(…)` and `Reverse(…)` around a value. */
function writeWrapped(f: Formatter, trait: Trait, value: unknown, shape: Shape): boolean {
  const { head, parts } = shape;
  if (head !== "Option" && head !== "Reverse") return false;
  if (trait !== "Debug") noTrait(trait, value);
  f.debugTuple(head === "Option" ? "Some" : head)
    .fieldWith((inner) => writeValue(inner, trait, value, parts[0]))
    .finish();
  return true;
}

function writeNone(f: Formatter, trait: Trait, value: unknown, shape: Shape | undefined): void {
  if (trait !== "Debug") noTrait(trait, value);
  if (shape?.head === "()") f.pad("()");
  else f.writeStr("None");
}

/** Values inside of values, at most: what goes deeper would exhaust the stack, as it does in Rust. */
const MAX_DEPTH = 400;
/** The objects that are being written, each inside of the one before. */
const open: object[] = [];

/** @throws Panic for an object that contains itself, which no data of Rust's can, and for what is nested too deeply */
function writeObject(f: Formatter, trait: Trait, value: object, shape: Shape | undefined): void {
  if (writeOwn(f, trait, value)) return;
  if (open.includes(value))
    throw new Panic(`expected data without cycles to write by ${trait}, got an object that contains itself`);
  if (open.length >= MAX_DEPTH)
    throw new Panic(`expected at most ${MAX_DEPTH} values inside of each other to write by ${trait}`);
  open.push(value);
  try {
    writeInside(f, trait, value, shape);
  } finally {
    open.pop();
  }
}

function writeInside(f: Formatter, trait: Trait, value: object, shape: Shape | undefined): void {
  if (value instanceof Owner) {
    writeOwner(f, trait, value);
    return;
  }
  if (trait === "Display" && value instanceof Error) {
    f.pad(value.message);
    return;
  }
  if (trait !== "Debug") noTrait(trait, value);
  if (value === UNIT) f.pad("()");
  else if (Array.isArray(value)) writeArray(f, value, shape);
  else if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    f.debugList()
      .entries(value as unknown as Iterable<unknown>)
      .finish();
  else if (value instanceof Map) f.debugMap().entries(value).finish();
  else if (value instanceof Set) f.debugSet().entries(value).finish();
  else if (value instanceof RefCell) writeCell(f, value);
  else if (value instanceof Error) writeError(f, value);
  else if (isVariant(value)) writeVariant(f, value, shape);
  else writeStruct(f, value, shape);
}

function writeArray(f: Formatter, values: readonly unknown[], shape: Shape | undefined): void {
  if (shape?.head === "tuple") {
    const tuple = f.debugTuple("");
    values.forEach((value, i) => tuple.fieldWith((inner) => writeValue(inner, "Debug", value, shape.parts[i])));
    tuple.finish();
    return;
  }
  writeList(f, values, shape?.parts[0]);
}

function writeList(f: Formatter, values: Iterable<unknown>, element: Shape | undefined): void {
  const list = f.debugList();
  for (const value of values) list.entryWith((inner) => writeValue(inner, "Debug", value, element));
  list.finish();
}

function writeStruct(f: Formatter, value: object, shape: Shape | undefined): void {
  const { constructor } = value as { readonly constructor?: unknown };
  const isPlain = constructor === Object || typeof constructor !== "function";
  const name = shape !== undefined && shape.head !== "struct" ? shape.head : isPlain ? "" : constructor.name;
  const fields = Object.entries(value);
  // Rust has no structs without a name; those of JavaScript are written as the rest of one.
  if (name === "" && fields.length === 0) f.writeStr("{}");
  const struct = f.debugStruct(name);
  for (const [field, part] of fields)
    struct.fieldWith(field, (inner) => writeValue(inner, "Debug", part, shape?.fields?.[field]));
  struct.finish();
}

function isVariant(value: object): value is Variant {
  const keys = Object.keys(value);
  return keys.length === 2 && "value" in value && typeof (value as Partial<Variant>).tag === "string";
}

function writeVariant(f: Formatter, { tag, value }: Variant, shape: Shape | undefined): void {
  if (value === UNIT) f.writeStr(tag);
  else {
    const payload = shape?.head === "Result" ? shape.parts[tag === "Ok" ? 0 : 1] : undefined;
    f.debugTuple(tag)
      .fieldWith((inner) => writeValue(inner, "Debug", value, payload))
      .finish();
  }
}

function writeError(f: Formatter, error: Error): void {
  const { rustDebug } = error as { readonly rustDebug?: () => string };
  if (typeof rustDebug === "function") f.writeStr(rustDebug.call(error));
  else f.debugTuple(error.name).field(error.message).finish();
}

function writeCell(f: Formatter, cell: RefCell<unknown>): void {
  const borrow = cell.tryBorrow();
  const struct = f.debugStruct("RefCell");
  if (borrow === undefined) struct.fieldWith("value", (inner) => inner.writeStr("<borrowed>"));
  else {
    try {
      struct.field("value", borrow.value);
    } finally {
      borrow[Symbol.dispose]();
    }
  }
  struct.finish();
}

function writeOwner(f: Formatter, trait: Trait, owner: Contents): void {
  const { typeName } = owner;
  if (TEXTS.has(typeName)) {
    writeValue(f, trait, owner.toString());
    return;
  }
  const shape = shapeNamed(typeName);
  const { head, parts } = shape;
  const element = owner.type === undefined ? parts[0] : shapeOf(owner.type);
  if (isPointer(typeName)) {
    writeValue(f, trait, owner.value, element);
    return;
  }
  if (trait !== "Debug") noTrait(trait, owner);
  if (head === "Weak") f.writeStr("(Weak)");
  else if (typeof owner[Symbol.iterator] !== "function") f.writeStr(typeName);
  else if (head === "BTreeMap") {
    const map = f.debugMap();
    for (const [key, value] of owner as unknown as Iterable<readonly [unknown, unknown]>)
      map.entryWith(
        (inner) => writeValue(inner, "Debug", key, parts[0]),
        (inner) => writeValue(inner, "Debug", value, parts[1]),
      );
    map.finish();
  } else if (head === "BTreeSet") {
    const set = f.debugSet();
    for (const value of owner as Iterable<unknown>)
      set.entryWith((inner) => writeValue(inner, "Debug", value, parts[0]));
    set.finish();
  } else writeList(f, owner as Iterable<unknown>, element);
}

/** Box, Rc and Arc of one value, which has all traits of that value. */
function isPointer(typeName: string): boolean {
  const { head, parts } = shapeNamed(typeName);
  return POINTERS.has(head) && parts[0]?.head !== "list" && parts[0]?.head !== "str";
}

function hasOwn(trait: Trait, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return typeof (value as Formattable)[`fmt${trait}`] === "function";
}

/** Lets a value write itself, if it can. */
function writeOwn(f: Formatter, trait: Trait, value: unknown): boolean {
  if (!hasOwn(trait, value)) return false;
  (value as Formattable)[`fmt${trait}`]!(f);
  return true;
}

function noTrait(trait: Trait, value: unknown): never {
  const kind = value === null ? "None" : value instanceof Owner ? value.typeName : typeof value;
  throw new Panic(`${kind} does not implement ${trait}`);
}
