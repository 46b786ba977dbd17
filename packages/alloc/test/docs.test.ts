import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setGlobalAllocator } from "@kmem/global-alloc";
import { LockedHeap } from "@kmem/linked-list-allocator";
import * as repr from "@kmem/repr";
import { docTests } from "../../../config/doc-tests.ts";
import * as alloc from "../src/index.ts";

const src = join(import.meta.dirname, "../src");
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

// Examples of helpers that are not exported may use what their own module exports.
const internals: Record<string, unknown> = {};
for (const file of files) Object.assign(internals, await import(join(src, file)));

setGlobalAllocator(LockedHeap.inBuffer(new ArrayBuffer(1 << 20)));
docTests(join(src, ".."), { ...internals, ...repr, ...alloc.arithmetic, ...alloc });
