export type { AnyType, Infer, Kind, Lender, Niche, Type } from "./type.ts";
export {
  bool,
  char,
  compareFloats,
  f32,
  f64,
  i16,
  i32,
  i64,
  i8,
  isNaturallyOrdered,
  isReverselyOrdered,
  isize,
  u16,
  u32,
  u64,
  u8,
  unit,
  usize,
} from "./primitive.ts";
export type { Primitive } from "./primitive.ts";
export { array, byteArray } from "./array.ts";
export { struct, tuple } from "./struct.ts";
export type { StructOf, StructOptions, StructType, TupleOf } from "./struct.ts";
export type { FieldOrder } from "./fields.ts";
export { option } from "./option.ts";
export { enumOf, result } from "./enum.ts";
export type { EnumOf } from "./enum.ts";
export { aligned, lazy, nonZero, ordered, reverse } from "./wrappers.ts";
export { withDrop } from "./with-drop.ts";
export type { DropType } from "./with-drop.ts";
export { dropValue } from "./drop-value.ts";
export { Slots } from "./slots.ts";
export { Access } from "./access.ts";
export { cloneValue, cloneValueFrom, cloneValues, dropValues, equalValues, needsDrop, takeValue } from "./glue.ts";
export { readPtr, WORD, writePtr } from "./pointer.ts";
export { UNIT } from "./primitive-access.ts";
export { ReprError } from "./errors.ts";
export type { ReprErrorCode } from "./errors.ts";
