export { kernel } from "./main.ts";
export { testKernels } from "./tests/index.ts";
export { HEAP_SIZE, HEAP_START, initHeap } from "./allocator.ts";
export { formatOptions, parseOptions } from "./options.ts";
