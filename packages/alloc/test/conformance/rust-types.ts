/**
 * Rust types, as the recording of layouts writes them, as descriptors.
 *
 * ```
 *   type = "&" type | "[" type "]" | "[" type ";" number "]" | "(" types ")" | path [ "<" types ">" ]
 * ```
 * What this library has no type for (references, cells, iterators) stands for what Rust's source says it consists of.
 *
 * @module
 */
import {
  array,
  bool,
  byteArray,
  char,
  enumOf,
  f32,
  f64,
  i16,
  i32,
  i64,
  i8,
  isize,
  nonZero,
  option,
  result,
  reverse,
  struct,
  tuple,
  u16,
  u32,
  u64,
  u8,
  unit,
  usize,
  type AnyType,
  type Type,
} from "@kmem/repr";
import type { AllocApi } from "./frame.ts";

type Any = Type<unknown>;

const PLAIN: Readonly<Record<string, AnyType>> = {
  u8,
  u16,
  u32,
  u64,
  usize,
  i8,
  i16,
  i32,
  i64,
  isize,
  f32,
  f64,
  char,
  bool,
  NonZeroU8: nonZero(u8),
  NonZeroU32: nonZero(u32),
};

/** An address that is never null. */
const address = nonZero(usize);
/** An address and a length, or the address of a table of methods. */
const wideAddress = tuple(address, usize);

/** The descriptor of a type. @throws Error for one that it does not know */
export function rustType(text: string, api: AllocApi): Any {
  const parser = new Parser(text.replace(/'\w+\b,?\s*/g, ""), api);
  return parser.whole();
}

class Parser {
  private readonly text: string;
  private readonly api: AllocApi;
  private at = 0;

  constructor(text: string, api: AllocApi) {
    this.text = text;
    this.api = api;
  }

  whole(): Any {
    const type = this.type();
    if (this.at < this.text.length) throw this.unknown();
    return type;
  }

  private type(): Any {
    if (this.eat("&")) {
      this.eat("mut ");
      if (this.isUnsized()) return wideAddress;
      this.type();
      return address;
    }
    if (this.eat("[")) {
      const element = this.type();
      if (!this.eat(";")) throw this.unknown();
      const length = Number(this.match(/\s*\d+/y));
      if (!this.eat("]")) throw this.unknown();
      return element === (u8 as unknown) ? byteArray(length) : array(element, length);
    }
    if (this.eat("(")) {
      const parts = this.list(")");
      return parts.length === 0 ? unit : tuple(...parts);
    }
    const name = this.match(/[\w:]+/y).replace(/^.*::(?!$)/, "");
    if (!this.eat("<")) return this.named(name);
    if (this.isUnsized()) {
      if (!this.eat(">")) throw this.unknown();
      return this.ofUnsized(name);
    }
    return this.generic(name, this.list(">"));
  }

  private list(end: string): Any[] {
    const types: Any[] = [];
    while (!this.eat(end)) {
      types.push(this.type());
      if (!this.eat(",") && this.text[this.at] !== end) throw this.unknown();
    }
    return types;
  }

  private named(name: string): Any {
    const type = name === "String" ? this.api.string : PLAIN[name];
    if (type === undefined) throw this.unknown();
    return type;
  }

  private generic(name: string, types: readonly Any[]): Any {
    const { api } = this;
    const [first, second] = types;
    if (first === undefined) throw this.unknown();
    const makers: Readonly<Record<string, () => AnyType>> = {
      Option: () => option(first),
      Result: () => result(first, second!),
      Vec: () => api.vec(first),
      VecDeque: () => api.vecDeque(first),
      LinkedList: () => api.linkedList(first),
      BinaryHeap: () => api.binaryHeap(first),
      BTreeMap: () => api.btreeMap(first, second!),
      BTreeSet: () => api.btreeSet(first),
      Box: () => api.box(first),
      Rc: () => api.rc(first),
      Arc: () => api.arc(first),
      Weak: () => api.weak(first),
      Reverse: () => reverse(first),
      Cell: () => first,
      RefCell: () => struct({ borrow: isize, value: first }, { order: "Rust" }),
      // Buffer, next, capacity, end; range, tail, vector.
      IntoIter: () => tuple(address, address, usize, address),
      Drain: () => tuple(address, address, usize, usize, address),
    };
    const maker = makers[name];
    if (maker === undefined) throw this.unknown();
    return maker();
  }

  /** Pointers to what has no size of its own: slices, text, values of several types. */
  private ofUnsized(name: string): Any {
    switch (name) {
      case "Box":
      case "Rc":
      case "Arc":
      case "Weak":
        return wideAddress;
      case "Cow":
        return enumOf({ Borrowed: wideAddress, Owned: this.api.vec(u8) });
      default:
        throw this.unknown();
    }
  }

  /** Passes over a type without a size, if one is next. */
  private isUnsized(): boolean {
    const found = /(\[\w+\]|str\b|dyn [\w:]+)/y;
    found.lastIndex = this.at;
    const text = found.exec(this.text)?.[0];
    if (text === undefined) return false;
    this.at += text.length;
    return true;
  }

  private eat(token: string): boolean {
    while (this.text[this.at] === " ") this.at++;
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    while (this.text[this.at] === " ") this.at++;
    return true;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.text)?.[0];
    if (text === undefined) throw this.unknown();
    this.at += text.length;
    return text;
  }

  private unknown(): Error {
    return new Error(`no descriptor for ${this.text}, at ${this.text.slice(this.at)}`);
  }
}
