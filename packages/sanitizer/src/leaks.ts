/**
 * Blocks that were not freed, together where they were allocated by the same calls.
 *
 * @module
 */
import { bytes, nameOf, type Block } from "./block.ts";
import { makeFinding, type Finding } from "./finding.ts";
import { NO_TRACE } from "./trace.ts";

/** So many blocks of one leak are listed. */
const MOST_LISTED = 8;

export function leaksAmong(live: Iterable<Block>): Finding[] {
  const groups = new Map<string, [Block, ...Block[]]>();
  for (const block of live) {
    const site = block.allocatedBy.frames.join("\n");
    const group = groups.get(site);
    if (group === undefined) groups.set(site, [block]);
    else group.push(block);
  }
  return [...groups.values()].map(leakOf);
}

function leakOf(blocks: [Block, ...Block[]]): Finding {
  const total = blocks.reduce((sum, { layout }) => sum + layout.size, 0);
  const details = blocks.slice(0, MOST_LISTED).map(nameOf);
  if (blocks.length > MOST_LISTED) details.push(`and ${blocks.length - MOST_LISTED} more`);
  return makeFinding({
    code: "sanitizer/leak",
    message:
      blocks.length === 1
        ? `1 block of ${bytes(total)} was never freed`
        : `${blocks.length} blocks of ${bytes(total)} in all were never freed`,
    address: blocks[0].address,
    blocks,
    details,
    trace: NO_TRACE,
  });
}
