import { expectOutcome, text, word, type Api, type Case } from "./words.ts";

/** Replays a case of suite `addr`. */
export function replayAddr(api: Api, given: Case): void {
  const { VirtAddr, PhysAddr, alignDownU64, alignUpU64 } = api;
  const a = word(given.a);
  const b = given.b === undefined ? 0n : word(given.b);
  const expect = (field: string, run: () => unknown): void => expectOutcome(field, given[field], run);
  const optional = (value: number | undefined): string | null => (value === undefined ? null : text(value));

  switch (given.k) {
    case "virt": {
      const address = VirtAddr.newTruncate(a);
      const tried = VirtAddr.tryNew(a);
      expect("try_new", () => (tried === undefined ? { err: `VirtAddrNotValid(${text(a)})` } : text(tried)));
      expect("trunc", () => text(address));
      expect("p", () => ([1, 2, 3, 4] as const).map((level) => VirtAddr.tableIndex(address, level)));
      expect("off", () => VirtAddr.pageOffset(address));
      expect("null", () => VirtAddr.isNull(address));
      return;
    }
    case "phys": {
      const address = PhysAddr.newTruncate(a);
      const tried = PhysAddr.tryNew(a);
      expect("try_new", () => (tried === undefined ? { err: `PhysAddrNotValid(${text(a)})` } : text(tried)));
      expect("trunc", () => text(address));
      expect("null", () => PhysAddr.isNull(address));
      return;
    }
    case "virt_new":
      return expect("r", () => text(VirtAddr.new(a)));
    case "phys_new":
      return expect("r", () => text(PhysAddr.new(a)));
    case "virt_align": {
      const address = VirtAddr.new(a);
      expect("up", () => text(VirtAddr.alignUp(address, word(given.n))));
      expect("down", () => text(VirtAddr.alignDown(address, word(given.n))));
      return expect("is", () => VirtAddr.isAligned(address, word(given.n)));
    }
    case "phys_align": {
      const address = PhysAddr.new(a);
      expect("up", () => text(PhysAddr.alignUp(address, word(given.n))));
      expect("down", () => text(PhysAddr.alignDown(address, word(given.n))));
      return expect("is", () => PhysAddr.isAligned(address, word(given.n)));
    }
    case "u64_align":
      expect("up", () => text(alignUpU64(a, word(given.n))));
      return expect("down", () => text(alignDownU64(a, word(given.n))));
    case "virt_add":
      return expect("r", () => text(VirtAddr.add(VirtAddr.new(a), b)));
    case "virt_sub":
      return expect("r", () => text(VirtAddr.sub(VirtAddr.new(a), b)));
    case "phys_add":
      return expect("r", () => text(PhysAddr.add(PhysAddr.new(a), b)));
    case "phys_sub":
      return expect("r", () => text(PhysAddr.sub(PhysAddr.new(a), b)));
    case "virt_diff":
      return expect("r", () => text(VirtAddr.diff(VirtAddr.new(a), VirtAddr.new(b))));
    case "phys_diff":
      return expect("r", () => text(PhysAddr.diff(PhysAddr.new(a), PhysAddr.new(b))));
    case "virt_fwd":
      return expect("r", () => optional(VirtAddr.forwardChecked(VirtAddr.new(a), b)));
    case "virt_bwd":
      return expect("r", () => optional(VirtAddr.backwardChecked(VirtAddr.new(a), b)));
    case "virt_steps":
      return expect("r", () => steps(VirtAddr.stepsBetween(VirtAddr.new(a), VirtAddr.new(b))));
    default:
      throw new Error(`unknown kind of case: ${String(given.k)}`);
  }
}

/** Rust's `steps_between`: a lower bound, and an upper bound where there is one. */
export function steps(count: number | undefined): [string, string | null] {
  return count === undefined ? ["0x0", null] : [text(count), text(count)];
}
