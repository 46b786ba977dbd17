/**
 * The one global allocator of a program, and what happens when it has no memory.
 *
 * A booted kernel is a program of its own: it runs inside an {@link AllocatorScope}, so two machines in one process do
 * not share an allocator. Outside of any scope, the JavaScript realm is the program. The scope in force hangs on
 * `globalThis`, so a package loaded twice (as ESM and as CJS) still sees one registry.
 *
 * @module
 */
import { AllocError, GlobalAllocatorError } from "./errors.ts";
import type { GlobalAlloc } from "./global-alloc.ts";
import type { Layout } from "./layout.ts";

/** Called when a collection cannot get memory; it must throw. */
export type AllocErrorHandler = (layout: Layout) => never;

/** One program's registration. */
export class AllocatorScope {
  allocator: GlobalAlloc | undefined = undefined;
  errorHandler: AllocErrorHandler | undefined = undefined;

  /** Runs `program` with this scope in force; scopes nest. */
  run<R>(program: () => R): R {
    const outer = realm[CURRENT];
    realm[CURRENT] = this;
    try {
      return program();
    } finally {
      realm[CURRENT] = outer;
    }
  }
}

const CURRENT = Symbol.for("@kmem/global-alloc/current-scope");
const realm = globalThis as { [CURRENT]?: AllocatorScope | undefined };

function current(): AllocatorScope {
  return (realm[CURRENT] ??= new AllocatorScope());
}

/**
 * Registers the global allocator, once per program: `#[global_allocator]`.
 *
 * @throws {@link GlobalAllocatorError} `global-allocator/already-set` when there is one; it stays.
 *   `global-allocator/not-an-allocator` when a method or the memory is missing
 */
export function setGlobalAllocator(allocator: GlobalAlloc): void {
  if (!isAllocator(allocator))
    throw new GlobalAllocatorError(
      "global-allocator/not-an-allocator",
      "expected an allocator with alloc, dealloc, allocZeroed, realloc and the memory that it hands out",
    );
  const scope = current();
  if (scope.allocator !== undefined)
    throw new GlobalAllocatorError(
      "global-allocator/already-set",
      "cannot define multiple global allocators: one is registered already",
    );
  scope.allocator = allocator;
}

/**
 * The registered allocator.
 *
 * @throws {@link GlobalAllocatorError} `global-allocator/missing` when there is none
 */
export function globalAllocator(): GlobalAlloc {
  const { allocator } = current();
  if (allocator === undefined)
    throw new GlobalAllocatorError(
      "global-allocator/missing",
      "no global memory allocator found but one is required; " +
        "register one that implements the GlobalAlloc interface with setGlobalAllocator",
    );
  return allocator;
}

/**
 * Says what happens when there is no memory: `#[alloc_error_handler]`. Without it {@link AllocError} is thrown.
 *
 * @throws {@link GlobalAllocatorError} `global-allocator/not-a-handler` when it is no function
 */
export function setAllocErrorHandler(handler: AllocErrorHandler | undefined): void {
  if (handler !== undefined && typeof handler !== "function")
    throw new GlobalAllocatorError("global-allocator/not-a-handler", "expected a function as alloc error handler");
  current().errorHandler = handler;
}

/** Reports that `layout` could not be allocated. Never returns. */
export function handleAllocError(layout: Layout): never {
  const { errorHandler } = current();
  if (errorHandler !== undefined) errorHandler(layout);
  throw new AllocError(layout);
}

function isAllocator(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { alloc, dealloc, allocZeroed, realloc, memory } = value as Partial<GlobalAlloc>;
  const hasMethods = [alloc, dealloc, allocZeroed, realloc].every((method) => typeof method === "function");
  return hasMethods && typeof memory === "object";
}
