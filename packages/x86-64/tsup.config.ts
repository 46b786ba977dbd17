import { library } from "../../config/tsup.ts";

export default library(["src/index.ts", "src/paging/index.ts", "src/registers/index.ts", "src/structures/index.ts"]);
