import { docTests } from "../../../config/doc-tests.ts";
import * as memory from "../src/index.ts";
import * as testing from "../src/testing.ts";

docTests(`${import.meta.dirname}/..`, { ...memory, ...testing });
