import { tests } from "../../config/vitest.ts";

// The rivals are to be imported as Node imports them in a real run.
export default tests({ deps: { interopDefault: false } });
