import { Panic } from "@kmem/memory";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as first from "../src/index.ts";
import {
  AllocatorScope,
  AllocError,
  globalAllocator,
  GlobalAllocatorError,
  handleAllocError,
  Layout,
  setAllocErrorHandler,
  setGlobalAllocator,
} from "../src/index.ts";
import { Bump } from "./bump.ts";

const LAYOUT = Layout.fromSizeAlign(4, 4);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof GlobalAllocatorError) return error.code;
    throw error;
  }
  return "";
}

/** Runs in a program of its own. */
function program(run: () => void): void {
  new AllocatorScope().run(run);
}

afterEach(() => setAllocErrorHandler(undefined));

describe("setGlobalAllocator", () => {
  it("registers one allocator", () => {
    program(() => {
      const heap = new Bump();
      expect(codeOf(globalAllocator)).toBe("global-allocator/missing");
      setGlobalAllocator(heap);
      expect(globalAllocator()).toBe(heap);
    });
  });

  it("refuses a second one, and keeps the first", () => {
    program(() => {
      const heap = new Bump();
      setGlobalAllocator(heap);
      expect(codeOf(() => setGlobalAllocator(new Bump()))).toBe("global-allocator/already-set");
      expect(globalAllocator()).toBe(heap);
    });
  });

  it.each([undefined, null, {}, 1, () => 0, { alloc: () => 0, dealloc: () => 0 }])("refuses %s", (value) => {
    program(() => {
      expect(codeOf(() => setGlobalAllocator(value as never))).toBe("global-allocator/not-an-allocator");
      expect(codeOf(globalAllocator)).toBe("global-allocator/missing");
    });
  });

  it("says what is missing as rustc does", () => {
    program(() => expect(globalAllocator).toThrow("no global memory allocator found but one is required"));
  });
});

describe("AllocatorScope", () => {
  it("is a program of its own, also inside another, and ends when its program throws", () => {
    const [outer, inner] = [new Bump(), new Bump()];
    program(() => {
      setGlobalAllocator(outer);
      expect(() =>
        program(() => {
          expect(codeOf(globalAllocator)).toBe("global-allocator/missing");
          setGlobalAllocator(inner);
          expect(globalAllocator()).toBe(inner);
          throw new Error("end");
        }),
      ).toThrow("end");
      expect(globalAllocator()).toBe(outer);
    });
    expect(codeOf(globalAllocator)).toBe("global-allocator/missing");
  });

  it("is shared by a package that was loaded twice", async () => {
    vi.resetModules();
    const second = await import("../src/index.ts");
    expect(second.Layout).not.toBe(first.Layout);
    program(() => {
      const heap = new Bump();
      setGlobalAllocator(heap);
      expect(second.globalAllocator()).toBe(heap);
      expect(() => second.setGlobalAllocator(heap)).toThrow("cannot define multiple global allocators");
    });
  });
});

describe("handleAllocError", () => {
  it("panics with the layout", () => {
    expect(() => handleAllocError(LAYOUT)).toThrow(AllocError);
    expect(() => handleAllocError(LAYOUT)).toThrow(Panic);
    expect(() => handleAllocError(LAYOUT)).toThrow("allocation error: Layout { size_: 4, align_: 4 }");
  });

  it("calls the program's own handler, and panics when that returns", () => {
    program(() => {
      const seen: unknown[] = [];
      setAllocErrorHandler(((layout: Layout) => void seen.push(layout)) as never);
      expect(() => handleAllocError(LAYOUT)).toThrow(AllocError);
      expect(seen).toEqual([LAYOUT]);
      setAllocErrorHandler(() => {
        throw new Panic("mine");
      });
      expect(() => handleAllocError(LAYOUT)).toThrow("mine");
    });
    expect(() => handleAllocError(LAYOUT)).toThrow(AllocError);
  });

  it.each([5, null, "handler"])("refuses %s as handler", (handler) => {
    expect(codeOf(() => setAllocErrorHandler(handler as never))).toBe("global-allocator/not-a-handler");
  });
});
