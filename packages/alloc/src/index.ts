export { Vec, vec } from "./vec/vec.ts";
export { Owner } from "./core/owner.ts";
export { reportLostOwners } from "./core/lost-owners.ts";
export type { LostOwner } from "./core/lost-owners.ts";
export { ExactIter, Iter } from "./core/iter.ts";
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
