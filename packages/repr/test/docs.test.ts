import { docTests } from "../../../config/doc-tests.ts";
import * as repr from "../src/index.ts";

docTests(`${import.meta.dirname}/..`, { ...repr });
