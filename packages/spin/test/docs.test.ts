import { LinearMemory } from "@kmem/memory";
import { docTests } from "../../../config/doc-tests.ts";
import * as spin from "../src/index.ts";

docTests(`${import.meta.dirname}/..`, { ...spin, LinearMemory });
