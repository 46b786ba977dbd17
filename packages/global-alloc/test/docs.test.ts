import * as memory from "@kmem/memory";
import { docTests } from "../../../config/doc-tests.ts";
import * as api from "../src/index.ts";
import * as testing from "../src/testing.ts";

docTests(`${import.meta.dirname}/..`, { ...memory, ...api, ...testing });
