import { tests } from "../../config/vitest.ts";

export default tests();
