export { Box, box } from "./box/box.ts";
export { BoxDyn, boxDyn } from "./box/box-dyn.ts";
export type { DynType } from "./box/box-dyn.ts";
export { BoxUninit } from "./box/box-uninit.ts";
export { Rc, rc, Weak, weak } from "./rc/rc.ts";
export { RcSlice, rcSlice, WeakSlice } from "./rc/rc-slice.ts";
export { Arc, arc, ArcWeak, arcWeak } from "./arc/arc.ts";
export { ArcSlice, arcSlice, ArcWeakSlice } from "./arc/arc-slice.ts";
export { BoxedSlice, Vec } from "./vec/vec.ts";
export { boxSlice, vec } from "./vec/vec-type.ts";
export { Slice } from "./slice/slice.ts";
export type { TypedArrayOf } from "./slice/typed-array.ts";
export type { VecType } from "./vec/vec-type.ts";
export { BoxedStr, String } from "./string/string.ts";
export { boxStr, string } from "./string/string-types.ts";
export { Str } from "./string/str.ts";
export { CharIter } from "./string/char-iter.ts";
export { StringDrain } from "./string/string-drain.ts";
export { RcStr, rcStr, WeakStr } from "./string/rc-str.ts";
export { ArcStr, arcStr, ArcWeakStr } from "./string/arc-str.ts";
export { ParseError, parseRadix, parseText } from "./string/parse.ts";
export { floatText, toStringIn, toStringOf } from "./string/to-text.ts";
export type { ParseErrorCode } from "./string/parse.ts";
export type { Pattern } from "./string/pattern.ts";
export { Utf16Error, Utf8Error } from "./string/utf8-error.ts";
export {
  isAlphabetic,
  isAlphanumeric,
  isAsciiWhitespace,
  isControl,
  isLowercase,
  isNumeric,
  isUppercase,
  isWhitespace,
} from "./string/unicode.ts";
export { format, formatIn } from "./format/format.ts";
export { formatText, formatTo } from "./format/format-to.ts";
export { Formatter } from "./format/formatter.ts";
export { DebugList, DebugMap, DebugSet, DebugStruct, DebugTuple } from "./format/builders.ts";
export type { WriteValue } from "./format/builders.ts";
export { named, typed } from "./format/typed.ts";
export type { NamedArguments, Typed } from "./format/typed.ts";
export { FormatError } from "./format/errors.ts";
export type { FormatErrorCode } from "./format/errors.ts";
export type { Formattable } from "./format/values.ts";
export type { Alignment, Options as FormatOptions, Trait as FormatTrait } from "./format/spec.ts";
export type { Write } from "./format/write.ts";
export { Drain, ExtractIf, Splice } from "./vec/drain.ts";
export { IntoIter } from "./vec/into-iter.ts";
export { VecDeque, vecDeque } from "./vec-deque/vec-deque.ts";
export { DequeDrain } from "./vec-deque/drain.ts";
export { LinkedList } from "./linked-list/linked-list.ts";
export { linkedList } from "./linked-list/linked-list-type.ts";
export { Cursor } from "./linked-list/cursor.ts";
export { ListExtractIf } from "./linked-list/extract-if.ts";
export { EndsIntoIter } from "./core/ends-into-iter.ts";
export { BinaryHeap } from "./binary-heap/binary-heap.ts";
export { binaryHeap } from "./binary-heap/heap-type.ts";
export { HeapDrain, PeekMut } from "./binary-heap/peek-mut.ts";
export { BTreeMap } from "./btree/btree-map.ts";
export { btreeMap } from "./btree/btree-map-type.ts";
export { BTreeSet } from "./btree/btree-set.ts";
export { btreeSet } from "./btree/btree-set-type.ts";
export { Bound, excluded, included } from "./btree/bounds.ts";
export type { RangeEnd } from "./btree/bounds.ts";
export { checkTree } from "./btree/check-tree.ts";
export type { TreeReport } from "./btree/check-tree.ts";
export { OccupiedEntry, VacantEntry } from "./btree/entry.ts";
export type { Entry } from "./btree/entry.ts";
export { TreeExtractIf } from "./btree/extract-if.ts";
export { TreeIntoIter } from "./btree/into-iter.ts";
export { RangeIter, TreeIter } from "./btree/iter.ts";
export { SliceBase } from "./slice/slice-base.ts";
export type { Found } from "./slice/slice-search.ts";
export { RefMut } from "./core/ref-mut.ts";
export { cloneOf } from "./core/clone-value.ts";
export * as arithmetic from "./language/arithmetic.ts";
export { assert, assertEq, assertNe, todo, unimplemented, unreachable } from "./language/assertions.ts";
export { debugText } from "./language/debug-text.ts";
export type { RustDebug } from "./language/debug-text.ts";
export { RefCell } from "./language/ref-cell.ts";
export type { CellRef, CellRefMut } from "./language/ref-cell.ts";
export { asResult, err, expectOk, ok, tryIntoArray, unwrapErr, unwrapOk } from "./language/results.ts";
export type { Result, TryFromSliceError } from "./language/results.ts";
export { expect, unwrap } from "./core/unwrap.ts";
export { dropValue } from "@kmem/repr";
export { Owner } from "./core/owner.ts";
export { reportLostOwners } from "./core/lost-owners.ts";
export type { LostOwner } from "./core/lost-owners.ts";
export { ExactIter, Iter } from "./core/iter.ts";
export { sizeHintOf } from "./core/size-hint.ts";
export type { SizeHint, SizeHinted } from "./core/size-hint.ts";
export {
  ArgumentError,
  BorrowError,
  TryReserveError,
  USIZE_MAX,
  UseAfterDropError,
  UseAfterMoveError,
} from "./core/errors.ts";
export type { BorrowErrorCode } from "./core/errors.ts";
