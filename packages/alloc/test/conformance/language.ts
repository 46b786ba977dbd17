/**
 * Panics of the language and of values outside of collections, in the recording of panics.
 *
 * @module
 */
import { bool, f64, i32, u16, u32, u8, unit, UNIT, usize } from "@kmem/repr";
import type { Frame, Subject } from "./frame.ts";
import { usize as usizeFrom } from "./frame.ts";

export class LanguageSubject implements Subject {
  private readonly frame: Frame;

  constructor(frame: Frame) {
    this.frame = frame;
  }

  run(name: string, args: readonly unknown[]): unknown {
    const operation = OPERATIONS[name];
    if (operation === undefined) throw new Error(`the language has no operation ${name}`);
    operation(this.frame, ...(args as never[]));
    return null;
  }

  state(): unknown {
    return null;
  }
}

const OPERATIONS: Readonly<Record<string, (frame: Frame, ...args: never[]) => unknown>> = {
  contents: () => null,
  drop: () => null,

  // Too much memory
  "Vec<u32>::with_capacity": ({ api, heap }, n: unknown) => api.Vec.withCapacityIn(heap, u32, usizeFrom(n)),
  "Vec<u16>::with_capacity": ({ api, heap }, n: unknown) => api.Vec.withCapacityIn(heap, u16, usizeFrom(n)),
  "String::with_capacity": ({ api, heap }, n: unknown) => api.String.withCapacityIn(heap, usizeFrom(n)),
  "VecDeque<u32>::with_capacity": ({ api, heap }, n: unknown) => api.VecDeque.withCapacityIn(heap, u32, usizeFrom(n)),
  "BinaryHeap<u32>::with_capacity": ({ api, heap }, n: unknown) =>
    api.BinaryHeap.withCapacityIn(heap, u32, usizeFrom(n)),
  "vec_repeat<u32>": ({ api, heap }, x: number, n: unknown) => api.Vec.fromElemIn(heap, u32, x, usizeFrom(n)),
  "Vec<()>::reserve_after_push": ({ api, heap }, n: unknown) => {
    const list = api.Vec.newIn(heap, unit);
    list.push(UNIT);
    list.reserve(usizeFrom(n));
  },
  "Vec<u32>::try_reserve_unwrap": ({ api, heap }, n: unknown) => {
    const error = api.Vec.newIn(heap, u32).tryReserve(usizeFrom(n));
    return api.unwrapOk(error === undefined ? api.ok(null) : api.err(error));
  },
  "str::repeat": ({ api, heap }, text: string, n: unknown) => {
    const borrowed = api.String.fromIn(heap, text);
    try {
      return borrowed.repeat(usizeFrom(n));
    } finally {
      borrowed.drop();
    }
  },

  // Options and results
  option_unwrap_none: ({ api }) => api.unwrap(undefined),
  result_unwrap_err_string: ({ api }, text: string) => api.unwrapOk(api.err(text)),
  result_expect_err_u32: ({ api }, value: number, message: string) => api.expectOk(api.err(value), message),
  result_unwrap_err_on_ok: ({ api }, value: number) => api.unwrapErr(api.ok(value)),
  rc_try_unwrap_unwrap({ api, heap }, value: number) {
    const one = api.Rc.newIn(heap, u32, value);
    const other = one.clone();
    const taken = one.tryUnwrap();
    try {
      // Rust shows the Rc as its value.
      return api.unwrapOk(taken === undefined ? api.err(one.value) : api.ok(taken));
    } finally {
      other.drop();
      one[Symbol.dispose]();
    }
  },
  slice_try_into_unwrap({ api, heap }, values: number[]) {
    const list = api.Vec.fromSlice(u32, values, heap);
    try {
      return api.unwrapOk(api.tryIntoArray(list, values.length + 1));
    } finally {
      list.drop();
    }
  },

  parse_i32_unwrap: ({ api }, text: string) => api.unwrapOk(api.asResult(api.parseText(i32, text))),
  parse_u8_unwrap: ({ api }, text: string) => api.unwrapOk(api.asResult(api.parseText(u8, text))),
  parse_f64_unwrap: ({ api }, text: string) => api.unwrapOk(api.asResult(api.parseText(f64, text))),
  parse_bool_unwrap: ({ api }, text: string) => api.unwrapOk(api.asResult(api.parseText(bool, text))),
  i32_from_str_radix_bad: ({ api }, text: string, radix: number) => api.parseRadix(i32, text, radix),
  from_utf8_unwrap({ api, heap }, bytes: number[]) {
    const list = api.Vec.fromSlice(u8, bytes, heap);
    const made = api.String.fromUtf8(list);
    if (!(made instanceof api.Utf8Error)) throw new Error("expected bytes that are not UTF-8");
    // Rust's error holds the bytes; here they stay with the caller.
    const error = `FromUtf8Error { bytes: ${api.debugText(list.toArray())}, error: ${api.debugText(made)} }`;
    list.drop();
    return api.unwrapOk(api.err({ rustDebug: () => error }));
  },

  // Arithmetic
  add_overflow_u8: ({ api }, a: number, b: number) => api.arithmetic.add(u8, a, b),
  sub_overflow_usize: ({ api }, a: number, b: number) => api.arithmetic.subtract(usize, a, b),
  mul_overflow_i32: ({ api }, a: number, b: number) => api.arithmetic.multiply(i32, a, b),
  div_zero: ({ api }, b: number) => api.arithmetic.divide(i32, 1, b),
  rem_zero: ({ api }, b: number) => api.arithmetic.remainder(i32, 1, b),
  div_overflow_i32: ({ api }, a: number, b: number) => api.arithmetic.divide(i32, a, b),
  neg_overflow_i32: ({ api }, a: number) => api.arithmetic.negate(i32, a),
  shl_overflow_u32: ({ api }, a: number, bits: number) => api.arithmetic.shiftLeft(u32, a, bits),
  abs_overflow_i32: ({ api }, a: number) => api.arithmetic.abs(i32, a),
  iter_sum_overflow_u8: ({ api }, values: number[]) => api.arithmetic.sum(u8, values),
  u8_try_from_unwrap: ({ api }, value: number) => api.unwrapOk(api.arithmetic.tryFrom(u8, value)),
  clamp_bad: ({ api }, value: number, min: number, max: number) => api.arithmetic.clamp(value, min, max),
  to_digit_radix: ({ api }, char: string, radix: number) => api.arithmetic.toDigit(char, radix),
  from_digit_radix: ({ api }, digit: number, radix: number) => api.arithmetic.fromDigit(digit, radix),
  array_index({ api, heap }, length: number, index: number) {
    const list = api.Vec.fromElemIn(heap, u32, 0, length).intoBoxedSlice();
    try {
      return list.index(index);
    } finally {
      list.drop();
    }
  },

  // Macros
  assert: ({ api }, condition: string) => {
    const assert: (condition: boolean, text: string) => void = api.assert;
    // The recorded condition goes through black_box, which the message shows.
    assert(false, condition.replace(/^\d+/, "black_box($&)"));
  },
  assert_eq: ({ api }, left: number, right: number) => {
    api.assertEq(left, right);
  },
  assert_ne_msg: ({ api }, left: number, right: number, message: string) => {
    api.assertNe(left, right, message);
  },
  unreachable: ({ api }) => api.unreachable(),
  unreachable_msg: ({ api }, state: number) => api.unreachable(`state ${state}`),
  todo: ({ api }) => api.todo(),
  unimplemented: ({ api }, message: string) => api.unimplemented(message),

  // Cells
  refcell_double_borrow_mut({ api }) {
    const cell = api.RefCell.new(0);
    cell.borrowMut();
    return cell.borrowMut();
  },
  refcell_borrow_while_mut({ api }) {
    const cell = api.RefCell.new(0);
    cell.borrowMut();
    return cell.borrow();
  },
};
