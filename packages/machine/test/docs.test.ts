import { LinearMemory } from "@kmem/memory";
import { docTests } from "../../../config/doc-tests.ts";
import { becomesDoubleFault } from "../src/delivery.ts";
import * as machine from "../src/index.ts";

docTests(`${import.meta.dirname}/..`, { ...machine, becomesDoubleFault, LinearMemory });
