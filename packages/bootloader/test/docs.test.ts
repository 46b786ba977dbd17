import { docTests } from "../../../config/doc-tests.ts";
import { Machine } from "@kmem/machine";
import * as bootloader from "../src/index.ts";

docTests(`${import.meta.dirname}/..`, { ...bootloader, Machine });
