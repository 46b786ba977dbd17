import { docTests } from "../../../config/doc-tests.ts";
import * as api from "../src/index.ts";

docTests(`${import.meta.dirname}/..`, api);
