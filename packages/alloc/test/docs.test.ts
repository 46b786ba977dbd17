import { setGlobalAllocator } from "@kmem/global-alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import * as repr from "@kmem/repr";
import { docTests } from "../../../config/doc-tests.ts";
import * as alloc from "../src/index.ts";

setGlobalAllocator(LockedHeap.inBuffer(new ArrayBuffer(1 << 20)));
// The functions of `arithmetic` are documented each in its own place.
docTests(`${import.meta.dirname}/..`, { ...repr, ...alloc.arithmetic, ...alloc });
