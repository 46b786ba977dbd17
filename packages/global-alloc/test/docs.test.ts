import { docTests } from "../../../config/doc-tests.ts";
import * as globalAlloc from "../src/index.ts";

docTests(`${import.meta.dirname}/..`, { ...globalAlloc });
