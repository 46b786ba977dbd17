/**
 * Rc and Arc, of one value, of slices, of text, and cyclic (README of the recordings, 3.8).
 *
 * @module
 */
import { lazy, struct, type Type } from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import type { Element } from "./elements.ts";
import { expectEqual, type AllocApi, type Frame, type Subject, type Trace } from "./frame.ts";

/** The classes under test, by what they are in `Rc`'s world. */
export interface Family {
  readonly One: AllocApi["Rc"];
  readonly Weak: AllocApi["Weak"];
  readonly Slice: AllocApi["RcSlice"];
  readonly Str: AllocApi["RcStr"];
  readonly weak: AllocApi["weak"];
}

/** Rc's own. */
export function rcFamily(api: AllocApi): Family {
  return { One: api.Rc, Weak: api.Weak, Slice: api.RcSlice, Str: api.RcStr, weak: api.weak };
}

/** Arc's, which have the same members. */
export function arcFamily(api: AllocApi): Family {
  return {
    One: api.Arc,
    Weak: api.ArcWeak,
    Slice: api.ArcSlice,
    Str: api.ArcStr,
    weak: api.arcWeak,
  } as unknown as Family;
}

export function counted(trace: Trace, frame: Frame, family: Family): Subject {
  const kind = trace.type.replace(/^A?[Rr]c/, "");
  switch (kind) {
    case "":
      return new OneSubject(frame, frame.element(trace.elem), family);
    case "<[T]>":
      return new SliceSubject(frame, frame.element(trace.elem), family);
    case "<str>":
      return new StrSubject(frame, family);
    case "<Cy>":
      return new CyclicSubject(frame, frame.element(trace.elem), family);
    default:
      throw new Error(`unknown kind of counted handle: ${trace.type}`);
  }
}

type Strong = Api.Rc<unknown>;
type Weak = Api.Weak<unknown>;

/** Five strong and five weak handles. */
class OneSubject implements Subject {
  private readonly strong = new Map<string, Strong>();
  private readonly weak = new Map<string, Weak>();
  private readonly frame: Frame;
  private readonly element: Element;
  private readonly family: Family;

  constructor(frame: Frame, element: Element, family: Family) {
    this.frame = frame;
    this.element = element;
    this.family = family;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const [a = "", b = ""] = args as string[];
    const { One, Weak } = this.family;
    const { frame, element } = this;
    switch (name) {
      case "new":
        this.put(a, One.newIn(frame.heap, element.type, element.make(args[1])));
        return null;
      case "from_box": {
        const box = frame.api.Box.newIn(frame.heap, element.type, element.make(args[1]));
        this.put(a, One.fromBox(box));
        return null;
      }
      case "clone":
      case "assign_clone":
        this.put(b, this.at(a).clone());
        return null;
      case "downgrade":
        this.putWeak(b, this.at(a).downgrade());
        return null;
      case "upgrade": {
        const upgraded = this.weakAt(a).upgrade();
        if (upgraded !== undefined) this.put(b, upgraded);
        return upgraded !== undefined;
      }
      case "drop":
        this.take(a).drop();
        return null;
      case "weak_drop":
        this.weakAt(a).drop();
        this.weak.delete(a);
        return null;
      case "weak_clone":
      case "weak_assign":
        this.putWeak(b, this.weakAt(a).clone());
        return null;
      case "weak_new":
        this.putWeak(a, Weak.new(element.type, frame.heap));
        return null;
      case "get":
        return element.read(this.at(a).value);
      case "eq":
        return this.at(a).equals(this.at(b));
      case "ptr_eq":
        return One.ptrEq(this.at(a), this.at(b));
      case "weak_ptr_eq":
        return this.weakAt(a).ptrEq(this.weakAt(b));
      case "get_mut_set":
        return this.getMutSet(this.at(a), element.make(args[1]));
      case "make_mut_set": {
        const value = element.make(args[1]);
        this.at(a).makeMut().value = value;
        return null;
      }
      case "try_unwrap": {
        const handle = this.at(a);
        const value = handle.tryUnwrap();
        if (handle.isOwned) return "err";
        this.strong.delete(a);
        return { ok: element.consume(value) };
      }
      case "into_inner":
        return element.consume(this.take(a).intoInner());
      case "unwrap_or_clone":
        return element.consume(this.take(a).unwrapOrClone());
      case "raw_roundtrip":
        this.strong.set(a, One.fromRaw(element.type, this.at(a).intoRaw(), frame.heap));
        return null;
      case "weak_raw_roundtrip":
        this.weak.set(a, Weak.fromRaw(element.type, this.weakAt(a).intoRaw(), frame.heap));
        return null;
      case "inc_dec_strong": {
        const handle = this.at(a);
        One.incrementStrongCount(element.type, handle.asPtr(), frame.heap);
        const between = One.strongCount(handle);
        One.decrementStrongCount(element.type, handle.asPtr(), frame.heap);
        return between;
      }
      default:
        throw new Error(`Rc has no operation ${name}`);
    }
  }

  state(): unknown {
    const state: Record<string, [number, number]> = {};
    for (const handles of [this.strong, this.weak])
      for (const name of [...handles.keys()].sort()) {
        const { strongCount, weakCount } = handles.get(name)!;
        state[name] = [strongCount, weakCount];
      }
    return state;
  }

  private getMutSet(handle: Strong, value: unknown): boolean {
    const place = handle.getMut();
    if (place === undefined) this.frame.api.dropValue(value);
    else place.value = value;
    return place !== undefined;
  }

  private at(name: string): Strong {
    return this.strong.get(name)!;
  }

  private weakAt(name: string): Weak {
    return this.weak.get(name)!;
  }

  private take(name: string): Strong {
    const handle = this.at(name);
    this.strong.delete(name);
    return handle;
  }

  private put(name: string, handle: Strong): void {
    const old = this.strong.get(name);
    this.strong.set(name, handle);
    old?.drop();
  }

  private putWeak(name: string, handle: Weak): void {
    const old = this.weak.get(name);
    this.weak.set(name, handle);
    old?.drop();
  }
}

/** A slice, a second strong handle and a weak one. */
class SliceSubject implements Subject {
  private handle: Api.RcSlice<unknown> | undefined;
  private second: Api.RcSlice<unknown> | undefined;
  private weak: Api.WeakSlice<unknown> | undefined;
  private readonly frame: Frame;
  private readonly element: Element;
  private readonly family: Family;

  constructor(frame: Frame, element: Element, family: Family) {
    this.frame = frame;
    this.element = element;
    this.family = family;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const { frame, element } = this;
    const { Slice } = this.family;
    const values = args[0] as unknown[];
    switch (name) {
      case "slice_from_vec":
        this.handle = Slice.fromVec(element.makeVec(values, args[1] as number));
        return null;
      case "slice_from_slice":
        frame.borrowing(element, values, (slice) => {
          this.handle = Slice.fromSlice(slice);
        });
        return null;
      case "slice_from_iter_exact":
        this.handle = Slice.fromIn(frame.heap, element.type, frame.exact(element, values));
        return null;
      case "slice_from_iter_lower0":
        this.handle = Slice.fromIn(frame.heap, element.type, frame.lower(element, values, 0));
        return null;
      case "slice_from_box_slice":
        this.handle = Slice.fromBoxedSlice(element.makeVec(values).intoBoxedSlice());
        return null;
      case "slice_from_array2":
        this.handle = Slice.fromIn(
          frame.heap,
          element.type,
          values.map((value) => element.make(value)),
        );
        return null;
      case "clone":
        this.second = this.handle!.clone();
        return null;
      case "downgrade":
        this.weak = this.handle!.downgrade();
        return null;
      case "make_mut_reverse":
        this.handle!.makeMut().reverse();
        return null;
      case "contents":
        return element.readAll(this.handle ?? this.second!);
      case "drop_strong":
        this.handle!.drop();
        this.handle = undefined;
        return null;
      case "drop_clone":
        this.second!.drop();
        this.second = undefined;
        return null;
      case "drop_weak":
        this.weak!.drop();
        this.weak = undefined;
        return null;
      default:
        throw new Error(`Rc<[T]> has no operation ${name}`);
    }
  }

  state(): unknown {
    const of = (this.handle ?? this.second)!;
    return [of.length, of.strongCount, of.weakCount];
  }
}

/** Text, a second strong handle and a weak one. */
class StrSubject implements Subject {
  private handle: Api.RcStr | undefined;
  private second: Api.RcStr | undefined;
  private weak: { drop(): void } | undefined;
  private readonly frame: Frame;
  private readonly family: Family;

  constructor(frame: Frame, family: Family) {
    this.frame = frame;
    this.family = family;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const { heap, api } = this.frame;
    const { Str } = this.family;
    const text = args[0] as string;
    switch (name) {
      case "str_from_str":
        this.handle = Str.fromIn(heap, text);
        return null;
      case "str_from_string": {
        const string = api.String.withCapacityIn(heap, args[1] as number);
        string.pushStr(text);
        this.handle = Str.fromString(string);
        return null;
      }
      case "str_from_box_str":
        this.handle = Str.fromBoxedStr(api.BoxedStr.fromIn(heap, text));
        return null;
      case "str_contents":
        return (this.handle ?? this.second)!.toString();
      case "str_to_string": {
        const string = (this.handle ?? this.second)!.toOwnedString();
        const made = string.toString();
        string.drop();
        return made;
      }
      case "clone":
        this.second = this.handle!.clone();
        return null;
      case "downgrade":
        this.weak = this.handle!.downgrade();
        return null;
      case "drop_strong":
        this.handle!.drop();
        this.handle = undefined;
        return null;
      case "drop_clone":
        this.second!.drop();
        this.second = undefined;
        return null;
      case "drop_weak":
        this.weak!.drop();
        this.weak = undefined;
        return null;
      default:
        throw new Error(`Rc<str> has no operation ${name}`);
    }
  }

  state(): unknown {
    const of = (this.handle ?? this.second)!;
    return [of.length, of.strongCount, of.weakCount];
  }
}

interface Cyclic {
  me: Api.Weak<unknown>;
  v: unknown;
}

/** `struct Cy { me: Weak<Cy>, v: T }` made by `new_cyclic`. */
class CyclicSubject implements Subject {
  private readonly frame: Frame;
  private readonly element: Element;
  private readonly family: Family;
  private readonly type: Type<Cyclic>;
  private handle: Api.Rc<Cyclic> | undefined;
  private weak: Api.Weak<unknown> | undefined;
  private inside: unknown;

  constructor(frame: Frame, element: Element, family: Family) {
    this.frame = frame;
    this.element = element;
    this.family = family;
    const type: Type<Cyclic> = struct(
      { me: family.weak(lazy(() => type as Type<unknown>)), v: element.type },
      { name: "Cy" },
    );
    this.type = type;
    const { sizeof_Cy: size } = frame.trace;
    if (size !== undefined) expectEqual("size of Cy", size, type.size);
  }

  run(name: string, args: readonly unknown[]): unknown {
    const { frame, element } = this;
    switch (name) {
      case "new_cyclic":
        this.handle = this.family.One.newCyclic(
          this.type,
          (self) => {
            this.inside = [self.strongCount, self.weakCount, self.upgrade() !== undefined];
            return { me: self.clone(), v: element.make(args[0]) };
          },
          frame.heap,
        );
        return null;
      case "new_cyclic_inside":
        return this.inside;
      case "read_through_self": {
        const self = this.handle!.value.me.upgrade()! as Api.Rc<Cyclic>;
        const value = element.read(self.value.v);
        self.drop();
        return value;
      }
      case "clone_self_weak":
        this.weak = this.handle!.value.me.clone();
        return null;
      case "drop_strong":
        this.handle!.drop();
        this.handle = undefined;
        return null;
      case "drop_weak":
        this.weak!.drop();
        this.weak = undefined;
        return null;
      default:
        throw new Error(`Rc<Cy> has no operation ${name}`);
    }
  }

  state(): unknown {
    const { strongCount, weakCount } = this.handle!;
    return [strongCount, weakCount];
  }
}
