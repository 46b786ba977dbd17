import { docTests } from "../../../config/doc-tests.ts";
import * as frameAllocator from "../src/index.ts";
import * as testing from "../src/testing.ts";

docTests(`${import.meta.dirname}/..`, { ...frameAllocator, ...testing });
