import { Layout } from "@kmem/global-alloc";
import { LinearMemory } from "@kmem/memory";
import { docTests } from "../../../config/doc-tests.ts";
import * as sanitizer from "../src/index.ts";
import { FirstFit } from "./first-fit.ts";

docTests(`${import.meta.dirname}/..`, { ...sanitizer, Layout, LinearMemory, allocator: FirstFit.ofSize(4096) });
