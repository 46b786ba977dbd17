/**
 * Drop order (README of the recordings, 3.9 and 4.8): each program of the recording, in TypeScript.
 *
 * `b(n)` is a `Box<[u8]>` of n bytes, so that block sizes are labels. A local variable is a `using` declaration, a
 * struct that is no element of anything a plain object whose fields are in the order of its type.
 *
 * @module
 */
import {
  dropValue,
  enumOf,
  isize,
  lazy,
  option,
  result,
  struct,
  tuple,
  u32,
  u8,
  unit,
  UNIT,
  usize,
  withDrop,
} from "@kmem/repr";
import type { EnumOf, Type } from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import type { Frame, Subject, Trace } from "./frame.ts";

type B = Api.BoxedSlice<number>;
/** A program makes something that is dropped later, or runs whole. */
type Program = (world: World, b: (label: number) => B) => unknown;

export function dropOrder(trace: Trace, frame: Frame): Subject {
  if (trace.type === "DropNest") return new NestSubject(trace, frame);
  return new ProgramSubject(trace, frame);
}

class ProgramSubject implements Subject {
  private readonly program: Program;
  private readonly world: World;
  private readonly base: number;
  private built: unknown = undefined;

  constructor(trace: Trace, frame: Frame) {
    const name = trace.id.replace(/^drop\//, "").replace(/[/-]\d+$/, "");
    const program = PROGRAMS[name];
    if (program === undefined) throw new Error(`unknown program ${trace.id}`);
    this.program = program;
    this.base = trace.base as number;
    this.world = new World(frame);
  }

  run(name: string): unknown {
    if (name === "drop") dropValue(this.built);
    else this.built = this.program(this.world, (label) => this.world.b(this.base + label));
    return null;
  }

  state(): unknown {
    return null;
  }
}

/** The types of the programs. */
class World {
  readonly api: Frame["api"];
  readonly heap: Frame["heap"];
  readonly B: Type<B>;
  readonly F;
  readonly N;
  readonly E;

  constructor(frame: Frame) {
    this.api = frame.api;
    this.heap = frame.heap;
    this.B = this.api.boxSlice(u8);
    this.F = struct({ z: this.B, a: this.B, m: this.B }, { name: "F" });
    this.N = withDrop(struct({ tag: this.B, log: usize }), ({ log }) => this.b(log).drop(), "N");
    this.E = enumOf({ One: this.B, Two: struct({ y: this.B, x: this.B }), Nil: unit }, "E");
  }

  b(length: number): B {
    return this.api.Vec.fromElemIn(this.heap, u8, 1, length).intoBoxedSlice();
  }

  /** `vec![…]`: the block is there before its elements. */
  vec<T>(type: Type<T>, ...makers: (() => T)[]): Api.Vec<T> {
    const list = this.api.Vec.withCapacityIn(this.heap, type, makers.length);
    for (const make of makers) list.push(make());
    return list;
  }

  box<T>(type: Type<T>, value: T): Api.Box<T> {
    return this.api.Box.newIn(this.heap, type, value);
  }

  /** A collection that is made by `newIn(allocator, types…)`. */
  collection(name: string, ...types: unknown[]): Collection {
    const api = this.api as unknown as Record<string, { newIn(heap: unknown, ...types: unknown[]): Collection }>;
    return api[name]!.newIn(this.heap, ...types);
  }
}

/** Collections of other files, as far as programs use them. */
interface Collection extends Disposable {
  push(value: unknown): void;
  pushBack(value: unknown): void;
  pushFront(value: unknown): void;
  popFront(): unknown;
  insert(key: unknown, value: unknown): unknown;
}

/** A local variable that is no owner itself. */
function local<T>(value: T): Disposable & { readonly value: T } {
  return { value, [Symbol.dispose]: () => dropValue(value) };
}

/** `place = value`: the old value is dropped when the new one is there. */
function assign(old: B, value: B): B {
  old.drop();
  return value;
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  struct_fields: ({ F }, b) => F.of({ m: b(1), z: b(2), a: b(3) }),
  nested_struct(world, b) {
    const { F, B } = world;
    const Outer = struct({ first: B, inner: F, last: world.api.vec(B) });
    return Outer.of({
      last: world.vec(
        B,
        () => b(1),
        () => b(2),
      ),
      inner: F.of(inOrder({ z: b(3), a: b(4), m: b(5) })),
      first: b(6),
    });
  },
  tuple: (_, b) => [b(1), b(2), b(3)],
  tuple_struct: (_, b) => [b(1), b(2), [b(3), b(4)]],
  array: (_, b) => [b(1), b(2), b(3), b(4)],
  enum_struct_variant: (_, b) => {
    const x = b(1);
    return { tag: "Two", value: { y: b(2), x } };
  },
  enum_vec: (world, b) =>
    world.vec<EnumOf<{ One: Type<B>; Two: Type<{ y: B; x: B }>; Nil: typeof unit }>>(
      world.E,
      () => ({ tag: "One", value: b(1) }),
      () => ({ tag: "Nil", value: UNIT }),
      () => ({ tag: "Two", value: { y: b(2), x: b(3) } }),
    ),
  drop_impl_then_fields: ({ N }, b) => N.of({ tag: b(1), log: 7 }),
  drop_impl_nested(world, b) {
    const { N, B } = world;
    const NO = withDrop(struct({ a: N, n: B, c: N }), () => world.b(900).drop(), "NO");
    return NO.of({ a: N.of({ tag: b(1), log: 11 }), n: b(2), c: N.of({ tag: b(3), log: 12 }) });
  },
  vec_of_struct: (world, b) =>
    world.vec(
      world.F,
      () => ({ z: b(1), a: b(2), m: b(3) }),
      () => ({ z: b(4), a: b(5), m: b(6) }),
    ),
  vec_vec(world, b) {
    const { B } = world;
    return world.vec(
      world.api.vec(B),
      () =>
        world.vec(
          B,
          () => b(1),
          () => b(2),
        ),
      () => world.vec(B),
      () => world.vec(B, () => b(3)),
    );
  },
  boxed(world, b) {
    const { B } = world;
    const first = b(1);
    const second = world.box(B, b(2));
    return world.box(tuple(B, world.api.box(B)), [first, second]);
  },
  option_result({ B }, b) {
    const some = option(B);
    const either = result(B, B);
    // Locals are values; the types say what may stand there.
    const value: [B | null, B | null, ReturnType<typeof either.read>, ReturnType<typeof either.read>] = [
      b(1),
      null,
      { tag: "Ok", value: b(2) },
      { tag: "Err", value: b(3) },
    ];
    some.check?.(value[0]);
    either.check?.(value[2]);
    return value;
  },
  chain(world, b) {
    const { B } = world;
    type Link = { v: B; next: Api.Box<Link> | null };
    const C: Type<Link> = struct({ v: B, next: option(world.api.box(lazy(() => C))) });
    const [first, second, third] = [b(1), b(2), b(3)];
    const last = world.box(C, { v: third, next: null });
    return { v: first, next: world.box(C, { v: second, next: last }) };
  },
  tree(world, b) {
    const { B } = world;
    type Node = { l: Api.Box<Node> | null; v: B; r: Api.Box<Node> | null };
    const child = option(world.api.box(lazy((): Type<Node> => T)));
    const T: Type<Node> = struct({ l: child, v: B, r: child });
    const [v, leftV, deepV] = [b(1), b(2), b(3)];
    const deep = world.box(T, { l: null, v: deepV, r: null });
    const l = world.box(T, { l: null, v: leftV, r: deep });
    return { l, v, r: world.box(T, { l: null, v: b(4), r: null }) };
  },
  dyn(world, b) {
    const D = world.api.boxDyn("D", { F: world.F, N: world.N });
    return world.vec(
      D,
      () => D.box("F", { z: b(1), a: b(2), m: b(3) }, world.heap),
      () => D.box("N", world.N.of({ tag: b(4), log: 5 }), world.heap),
    );
  },
  deque_wrapped(world, b) {
    const api = world.api as unknown as {
      VecDeque: { withCapacityIn(heap: unknown, type: unknown, capacity: number): Collection };
    };
    const deque = api.VecDeque.withCapacityIn(world.heap, world.B, 4);
    for (const label of [1, 2, 3]) deque.pushBack(b(label));
    dropValue(deque.popFront());
    for (const label of [4, 5]) deque.pushBack(b(label));
    return deque;
  },
  deque_front(world, b) {
    const deque = world.collection("VecDeque", world.B);
    deque.pushFront(b(1));
    deque.pushFront(b(2));
    deque.pushBack(b(3));
    return deque;
  },
  linkedlist(world, b) {
    const list = world.collection("LinkedList", world.B);
    list.pushBack(b(1));
    list.pushFront(b(2));
    list.pushBack(b(3));
    return list;
  },
  btreemap(world, b) {
    const map = world.collection("BTreeMap", u32, tuple(world.B, world.B));
    [3, 1, 2].forEach((key, i) => map.insert(key, [b(2 * i + 1), b(2 * i + 2)]));
    return map;
  },
  btreemap_big(world, b) {
    const map = world.collection("BTreeMap", world.B, world.B);
    for (let i = 0; i < 30; i++) {
      const key = b(i);
      map.insert(key, world.b(2 * (key.length - i) + i));
    }
    return map;
  },
  binaryheap(world, b) {
    const heap = world.collection("BinaryHeap", world.B);
    for (const label of [2, 5, 1, 4]) heap.push(b(label));
    return heap;
  },
  rc_shared(world, b) {
    const { Rc, rc } = world.api;
    const { B } = world;
    const r = Rc.newIn(world.heap, B, b(1));
    return world.vec(
      tuple(rc(B), B),
      () => [r.clone(), b(2)],
      () => [r, b(3)],
    );
  },
  arc_in_vec(world, b) {
    const { Arc, arc } = world.api;
    const make = (label: number) => () => Arc.newIn(world.heap, world.B, b(label));
    return world.vec(arc(world.B), make(1), make(2));
  },
  rc_tree_weak_parent(world, b) {
    const { node, make, kids, parent } = nodes(world);
    const k1 = make(b(2));
    const k2 = make(b(3));
    const root = make(b(1));
    kids(root).value = world.vec(
      world.api.rc(node),
      () => k1.clone(),
      () => k2.clone(),
    );
    for (const kid of [k1, k2]) parent(kid).value = root.downgrade();
    k1.drop();
    return [k2, root];
  },
  string_vec(world) {
    const { String, string } = world.api;
    const make = (length: number) => () => String.fromIn(world.heap, "x".repeat(length));
    return world.vec(string, make(5), make(0), make(9));
  },
  closure_captures(_, b) {
    const [x, y] = [b(1), b(2)];
    return [y, x];
  },
  vec_drain_like_nested(world, b) {
    const type = option(world.B);
    const map = world.collection("BTreeMap", u8, world.api.vec(type));
    map.insert(
      1,
      world.vec(
        type,
        () => b(1),
        () => null,
      ),
    );
    map.insert(
      0,
      world.vec(
        type,
        () => b(2),
        () => b(3),
      ),
    );
    return map;
  },

  locals_reverse(_, b) {
    using _x = b(1);
    using _y = b(2);
    using _z = b(3);
  },
  shadowing(_, b) {
    using _x = b(1);
    using _shadowing = b(2);
    using _y = b(3);
  },
  underscore(_, b) {
    b(1).drop();
    using _u = b(2);
    b(3).drop();
  },
  assign(_, b) {
    let x = b(1);
    x = assign(x, b(2));
    x = assign(x, b(3));
    x.drop();
  },
  assign_field({ F }, b) {
    using f = local(F.of({ z: b(1), a: b(2), m: b(3) }));
    f.value.a = assign(f.value.a, b(4));
  },
  replace_take_swap(_, b) {
    let x = b(1);
    const old = x;
    x = b(2);
    old.drop();
    const taken: B = x;
    using _o = b(3);
    taken.drop();
  },
  partial_move({ F }, b) {
    using f = local(F.of({ z: b(1), a: b(2), m: b(3) }));
    using _mid = f.value.a;
    using _last = b(4);
  },
  destructure({ F }, b) {
    using _x = b(1);
    using _y = b(2);
    const rest = F.of({ z: b(3), a: b(4), m: b(5) });
    using _a = rest.a;
    rest.z.drop();
    rest.m.drop();
  },
  struct_update({ F }, b) {
    using base = local(F.of({ z: b(1), a: b(2), m: b(3) }));
    using _g = local(F.of({ ...base.value, a: b(4) }));
  },
  fn_args(_, b) {
    const f = (first: B, second: B): void => {
      using _x = first;
      using _y = second;
      using _z = b(3);
    };
    f(b(1), b(2));
  },
  loop_body(_, b) {
    for (let i = 1; i <= 3; i++) {
      using _x = b(i);
      using _y = b(10 + i);
    }
  },
  temporaries(_, b) {
    {
      using first = b(1);
      using second = b(2);
      if (first.length + second.length === 0) throw new Error("never");
    }
    using _y = b(3);
  },
  match_scrutinee(_, b) {
    {
      using _some = b(1);
      using _y = b(2);
    }
    using _z = b(3);
  },
  early_break(world, b) {
    const v = world.vec(
      world.B,
      () => b(1),
      () => b(2),
      () => b(3),
    );
    let stopAt: number | undefined;
    for (const item of v.intoIter()) {
      using x = item;
      stopAt ??= x.length + 1;
      if (x.length === stopAt) break;
    }
    using _z = b(4);
  },
  manually_drop(_, b) {
    const m = b(1);
    using _y = b(2);
    m.drop();
  },
  conditional_move(_, b) {
    for (const flag of [true, false]) {
      using x = b(1);
      using _y = b(2);
      if (flag) x.drop();
    }
  },
  vec_retain_drops(world, b) {
    using v = world.vec(
      world.B,
      () => b(1),
      () => b(2),
      () => b(3),
      () => b(4),
    );
    v.retain((x) => x.length % 2 === 0);
    v.insert(0, b(9));
    v.truncate(2);
  },
  rc_cycle_broken(world, b) {
    const { make, kids } = nodes(world);
    using x = make(b(1));
    using y = make(b(2));
    kids(x).value.push(y.clone());
    kids(y).value.push(x.clone());
    kids(x).value.clear();
  },
  block_value(_, b) {
    const make = (): B => {
      using _t = b(1);
      return b(2);
    };
    using _x = make();
    using _y = b(3);
  },
  question_mark(_, b) {
    const f = (bad: boolean): B => {
      using _x = b(1);
      if (bad) return b(2);
      const y = b(3);
      using _z = b(4);
      return y;
    };
    f(false).drop();
    f(true).drop();
  },
  let_else_if_let(_, b) {
    {
      using _x = b(1);
      using _y = b(2);
    }
    using _z = b(3);
    using _w = b(4);
    using _v = b(5);
  },
};

/** A struct literal in the order written, which is the order in which it is made. */
function inOrder<T>(value: T): T {
  return value;
}

/** `struct Node { v: B, parent: RefCell<Weak<Node>>, kids: RefCell<Vec<Rc<Node>>> }` */
function nodes(world: World) {
  const { Rc, rc, Weak, weak, Vec, vec } = world.api;
  type Node = {
    v: B;
    parent: { borrow: number; value: Api.Weak<Node> };
    kids: { borrow: number; value: Api.Vec<Api.Rc<Node>> };
  };
  const later = lazy((): Type<Node> => node);
  const parentCell = struct({ borrow: isize, value: weak(later) });
  const kidsCell = struct({ borrow: isize, value: vec(rc(later)) });
  const node = struct({ v: world.B, parent: parentCell, kids: kidsCell });
  return {
    node,
    make: (v: B): Api.Rc<Node> =>
      Rc.newIn(world.heap, node, {
        v,
        parent: { borrow: 0, value: Weak.new(node, world.heap) },
        kids: { borrow: 0, value: Vec.newIn(world.heap, rc(node)) },
      }),
    parent: (of: Api.Rc<Node>) => of.getMutUnchecked().field(node, "parent").field(parentCell, "value"),
    kids: (of: Api.Rc<Node>) => of.getMutUnchecked().field(node, "kids").field(kidsCell, "value"),
  };
}

type Shape =
  number | null | { vec?: Shape[]; box?: Shape; some?: number; fields?: [number, number, number]; rc_pair?: number };

/** Nested values, each one enum. */
class NestSubject implements Subject {
  private readonly world: World;
  private readonly trace: Trace;
  private readonly Val: Type<Tagged>;
  private built: unknown = undefined;

  constructor(trace: Trace, frame: Frame) {
    this.trace = trace;
    this.world = new World(frame);
    const { api, B, F } = this.world;
    const self = lazy((): Type<Tagged> => this.Val);
    this.Val = enumOf(
      {
        bytes: B,
        vec: api.vec(self),
        box: api.box(self),
        some: option(B),
        fields: F,
        pair: tuple(api.rc(B), api.rc(B)),
      },
      "Val",
    );
    const { sizeof_Val: size } = trace;
    if (this.Val.size !== size) throw new Error(`expected Val to have ${String(size)} bytes, not ${this.Val.size}`);
  }

  run(name: string): unknown {
    if (name === "drop") dropValue(this.built);
    else this.built = this.build(this.trace.shape as Shape);
    return null;
  }

  state(): unknown {
    return null;
  }

  private build(shape: Shape): Tagged {
    const { world } = this;
    if (typeof shape === "number") return { tag: "bytes", value: world.b(shape) };
    if (shape === null) return { tag: "some", value: null };
    const { vec, box, some, fields, rc_pair: pair } = shape;
    if (vec !== undefined) return { tag: "vec", value: world.vec(this.Val, ...vec.map((s) => () => this.build(s))) };
    if (box !== undefined) return { tag: "box", value: world.box(this.Val, this.build(box)) };
    if (some !== undefined) return { tag: "some", value: world.b(some) };
    if (fields !== undefined) {
      const [z, a, m] = fields.map((label) => world.b(label)) as [B, B, B];
      return { tag: "fields", value: { z, a, m } };
    }
    const r = world.api.Rc.newIn(world.heap, world.B, world.b(pair!));
    return { tag: "pair", value: [r.clone(), r] };
  }
}

interface Tagged {
  readonly tag: string;
  readonly value: unknown;
}
