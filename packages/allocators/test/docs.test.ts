import * as globalAlloc from "@kmem/global-alloc";
import * as memory from "@kmem/memory";
import { docTests } from "../../../config/doc-tests.ts";
import * as api from "../src/index.ts";

docTests(`${import.meta.dirname}/..`, { ...memory, ...globalAlloc, ...api });
