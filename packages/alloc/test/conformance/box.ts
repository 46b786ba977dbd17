/**
 * Box, boxed slices and text, and boxes of several types (README of the recordings, 3.9).
 *
 * @module
 */
import { struct, u16, u32, unit, UNIT, type Infer } from "@kmem/repr";
import type * as Api from "../../src/index.ts";
import type { Element } from "./elements.ts";
import { capacityJson, type Frame, type Subject, type Trace } from "./frame.ts";

export function boxed(trace: Trace, frame: Frame): Subject {
  switch (trace.type) {
    case "Box":
      return new BoxSubject(frame, frame.element(trace.elem));
    case "Box<str>":
      return new BoxStrSubject(frame);
    case "Box<dyn Trait>":
      return new BoxDynSubject(frame);
    default:
      throw new Error(`unknown kind of box: ${trace.type}`);
  }
}

class BoxSubject implements Subject {
  private box!: Api.Box<unknown>;
  private slice!: Api.BoxedSlice<unknown>;
  private readonly frame: Frame;
  private readonly element: Element;

  constructor(frame: Frame, element: Element) {
    this.frame = frame;
    this.element = element;
  }

  run(name: string, args: readonly unknown[]): unknown {
    return name.startsWith("slice_") ? this.runSlice(name, args) : this.runBox(name, args[0]);
  }

  state(): unknown {
    return [this.slice.length];
  }

  private runBox(name: string, x: unknown): unknown {
    const { frame, element, box } = this;
    const { Box } = frame.api;
    switch (name) {
      case "new":
        this.box = Box.newIn(frame.heap, element.type, element.make(x));
        return null;
      case "get":
        return element.read(box.value);
      case "set":
        box.value = element.make(x);
        return null;
      case "clone":
        return this.readAndDrop(box.clone());
      case "clone_from": {
        const other = Box.newIn(frame.heap, element.type, element.make(x));
        box.cloneFrom(other);
        other.drop();
        return null;
      }
      case "replace":
        return element.consume(box.replace(element.make(x)));
      case "raw_roundtrip":
        this.box = Box.fromRaw(element.type, box.intoRaw(), frame.heap);
        return null;
      case "leak_reclaim":
        this.box = Box.fromRaw(element.type, box.leak().asPtr(), frame.heap);
        return null;
      case "unbox":
        return element.consume(box.intoInner());
      case "into_boxed_slice": {
        // `vec![*b]`: the array's block is there before the value moves into it.
        const list = frame.api.Vec.withCapacityIn(frame.heap, element.type, 1);
        list.push(box.intoInner());
        const slice = list.intoBoxedSlice();
        const items = element.readAll(slice);
        slice.drop();
        return items;
      }
      case "drop":
        box.drop();
        return null;
      default:
        throw new Error(`Box has no operation ${name}`);
    }
  }

  private runSlice(name: string, args: readonly unknown[]): unknown {
    const { frame, element } = this;
    const { BoxedSlice, Vec } = frame.api;
    const values = args[0] as unknown[];
    switch (name) {
      case "slice_from_vec":
        this.slice = element.makeVec(values, args[1] as number).intoBoxedSlice();
        return null;
      case "slice_from_slice":
        frame.borrowing(element, values, (list) => {
          this.slice = Vec.fromSlice(element.type, list, frame.heap).intoBoxedSlice();
        });
        return null;
      case "slice_from_iter_exact":
        this.slice = BoxedSlice.fromIn(frame.heap, element.type, frame.exact(element, values));
        return null;
      case "slice_from_iter_lower0":
        this.slice = BoxedSlice.fromIn(frame.heap, element.type, frame.lower(element, values, 0));
        return null;
      case "slice_clone": {
        const copy = this.slice.clone();
        const items = element.readAll(copy);
        copy.drop();
        return items;
      }
      case "slice_drop":
        this.slice.drop();
        return null;
      case "slice_into_vec_push": {
        // The element is made before the slice turns into a Vec.
        const value = element.make(args[0]);
        const list = this.slice.intoVec();
        list.push(value);
        const json = { items: element.readAll(list), cap: capacityJson(list.capacity) };
        list.drop();
        return json;
      }
      case "slice_into_iter":
        return Array.from(this.slice.intoIter(), (value) => element.consume(value));
      default:
        throw new Error(`Box<[T]> has no operation ${name}`);
    }
  }

  private readAndDrop(box: Api.Box<unknown>): unknown {
    const json = this.element.read(box.value);
    box.drop();
    return json;
  }
}

class BoxStrSubject implements Subject {
  private text!: Api.BoxedStr;
  private readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const { api, heap } = this.frame;
    switch (name) {
      case "str_from_str":
        this.text = api.BoxedStr.fromIn(heap, args[0] as string);
        return null;
      case "str_from_string": {
        const string = api.String.withCapacityIn(heap, args[1] as number);
        string.pushStr(args[0] as string);
        this.text = string.intoBoxedStr();
        return null;
      }
      case "str_clone": {
        const copy = this.text.clone();
        const text = copy.toString();
        copy.drop();
        return text;
      }
      case "str_into_string_push": {
        const string = this.text.intoString();
        string.pushStr(args[0] as string);
        const json = { str: string.toString(), cap: string.capacity };
        string.drop();
        return json;
      }
      case "str_into_boxed_bytes": {
        const bytes = this.text.intoBoxedBytes();
        const json = bytes.toArray();
        bytes.drop();
        return json;
      }
      default:
        throw new Error(`Box<str> has no operation ${name}`);
    }
  }

  state(): unknown {
    return [this.text.length];
  }
}

/** `Vec<Box<dyn Trait>>` of squares, rectangles with a name, and something without size. */
class BoxDynSubject implements Subject {
  private readonly frame: Frame;
  private list!: Api.Vec<Api.BoxDyn<Shapes>>;
  private known: Api.DynType<Shapes> | undefined;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const { api, heap } = this.frame;
    const shape = this.shape();
    switch (name) {
      case "new":
        this.list = api.Vec.newIn(heap, shape);
        return null;
      case "push_sq":
        this.list.push(shape.box("Sq", { side: args[0] as number }, heap));
        return null;
      case "push_re": {
        const [w, h, text] = args as [number, number, string];
        this.list.push(shape.box("Re", { w, h, name: api.String.fromIn(heap, text) }, heap));
        return null;
      }
      case "push_z":
        this.list.push(shape.box("Z", UNIT, heap));
        return null;
      case "areas":
        return [...this.list].map((box) => area(box));
      case "drop":
        this.list.drop();
        return null;
      default:
        throw new Error(`Vec<Box<dyn Trait>> has no operation ${name}`);
    }
  }

  state(): unknown {
    return [this.list.length, this.list.capacity];
  }

  private shape(): Api.DynType<Shapes> {
    const { api } = this.frame;
    return (this.known ??= api.boxDyn("Trait", shapes(api)));
  }
}

type Shapes = ReturnType<typeof shapes>;

const shapes = (api: Frame["api"]) => ({
  Sq: struct({ side: u32 }),
  Re: struct({ w: u16, h: u16, name: api.string }, { order: "Rust" }),
  Z: unit,
});

function area(box: Api.BoxDyn<Shapes>): number {
  switch (box.tag) {
    case "Sq": {
      const { side } = box.value as Infer<Shapes["Sq"]>;
      return side * side;
    }
    case "Re": {
      const { w, h, name } = box.value as Infer<Shapes["Re"]>;
      return w * h + name.length;
    }
    default:
      return 0;
  }
}
