/**
 * Chapter 4: owners that free by themselves, and references that cannot outlive them.
 *
 * @see https://os.phil-opp.com/heap-allocation/#allocations-in-rust
 * @module
 */
import { Box, Rc, Vec, vec } from "@kmem/alloc";
import type { LockedHeap } from "@kmem/linked-list-allocator";
import { KmemError } from "@kmem/memory";
import { i32 } from "@kmem/repr";
import { boot, type Kernel } from "../tour/boot.ts";
import type { Chapter, Show } from "../tour/chapter.ts";
import { heapMap } from "../tour/heap-map.ts";

/** `z` is freed where its scope ends, however it ends. */
function scope({ allocator }: Kernel, show: Show): void {
  {
    using z = Box.new(i32, 41);
    show.heap({ en: "inside the scope", zh: "作用域之内" }, heapMap(allocator, { z: z.asPtr() }));
  }
  show.heap({ en: "behind it", zh: "作用域之外" }, heapMap(allocator));
}

/** A reference into a box, used when the box is gone. */
function outlived(): number {
  const x = (() => {
    using z = Box.new(i32, 41);
    return z.asMut();
  })();
  return x.value;
}

/** A box that was given away is nobody's to use. */
function moved(): number {
  const box = Box.new(i32, 41);
  const raw = box.intoRaw();
  try {
    return box.value;
  } finally {
    Box.fromRaw(i32, raw).drop();
  }
}

/** Several owners of one value: the last to go frees it. */
function shared(show: Show, heap: LockedHeap): void {
  const count = (name: string, n: number): void =>
    show.fact(name, n, { en: `${name}, the count is {}`, zh: `${name}：计数为 {}` });
  const reference = Rc.new(vec(i32), Vec.from(i32, [1, 2, 3]));
  count("outside", Rc.strongCount(reference));
  {
    using clone = reference.clone();
    count("inside", Rc.strongCount(clone));
  }
  count("outside again", Rc.strongCount(reference));
  reference.drop();
  show.heap({ en: "when the last is gone", zh: "最后一个也消失之后" }, heapMap(heap));
}

/** Runs a program that must be refused, and shows the refusal. */
function refused(show: Show, program: () => number): void {
  boot(() => {
    try {
      show.fact("not-refused", program(), { en: "It reads {}.", zh: "它读到 {}。" });
    } catch (error) {
      if (!(error instanceof KmemError)) throw error;
      show.fact(error.name, error.message, { en: `${error.name}: {}`, zh: `${error.name}：{}` });
    }
  });
}

export const chapter: Chapter = {
  name: "rust",
  file: "04-allocation-in-rust.ts",
  section: "allocations-in-rust",
  title: { en: "Allocation in Rust's way", zh: "Rust 的分配方式" },
  summary: {
    en: "Box frees by itself, a reference cannot outlive it, Rc counts its owners",
    zh: "Box 自己释放，引用不能比它活得更久，Rc 统计所有者",
  },
  steps: [
    {
      name: "scope",
      text: {
        en: "Rust's programs do not call allocate and deallocate. A type such as Box takes the block when it is made and gives it back when it goes out of scope. In TypeScript a using declaration is that scope.",
        zh: "Rust 程序并不直接调用 allocate 与 deallocate。像 Box 这样的类型在创建时取得内存块，离开作用域时归还。在 TypeScript 中，using 声明就是这个作用域。",
      },
      code: ["scope"],
      run: (show) => {
        boot((kernel) => scope(kernel, show));
      },
    },
    {
      name: "outlived",
      text: {
        en: "That alone would not prevent a use after free: a reference into the box could be kept. Rust's compiler sees that the reference would live longer than the box and refuses the program. Here it is refused when it runs, at the access.",
        zh: "单凭这一点还不能防止释放后使用：指向盒子内部的引用可能被留下。Rust 编译器看出引用会比盒子活得更久，于是拒绝编译。在这里，是在运行时、访问的那一刻拒绝。",
      },
      code: ["outlived"],
      run: (show) => refused(show, outlived),
    },
    {
      name: "moved",
      text: {
        en: "Nor can a double free happen: a value has one owner, and an owner that has given its value away cannot be used again.",
        zh: "重复释放也不会发生：一个值只有一个所有者，交出了值的所有者不能再被使用。",
      },
      code: ["moved"],
      run: (show) => refused(show, moved),
    },
    {
      name: "shared",
      text: {
        en: "Where several owners are needed, Rc counts them in the heap block itself, and frees the block when the count reaches zero.",
        zh: "需要多个所有者时，Rc 把计数放在堆块自身之中，计数归零时释放该块。",
      },
      code: ["shared"],
      run: (show) => {
        boot(({ allocator }) => shared(show, allocator));
      },
    },
  ],
};
