/**
 * The chapters, in the order of the post's sections.
 *
 * @module
 */
import type { Chapter } from "../tour/chapter.ts";
import { chapter as variables } from "./01-local-and-static-variables.ts";

export const chapters: readonly Chapter[] = [variables];
