import { LinearMemory } from "@kmem/memory";
import { docTests } from "../../../config/doc-tests.ts";
import { becomesDoubleFault } from "../src/delivery.ts";
import * as machine from "../src/index.ts";
import { first, mostUrgent } from "../src/devices/pic8259-priority.ts";
import { crc32 } from "../src/state/crc32.ts";

docTests(`${import.meta.dirname}/..`, { ...machine, becomesDoubleFault, crc32, first, mostUrgent, LinearMemory });
