/**
 * Pictures as PNG.
 *
 * The SVG is rasterised by resvg, compiled to WebAssembly, with a font from a package: every machine makes the same bytes,
 * and needs no fonts of its own.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import type { Picture } from "./picture.ts";
import { FONT_FAMILY, svg } from "./svg.ts";

const FONT_FILES = ["dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf", "dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf"];

/** WebAssembly can be given to resvg once. */
let started: Promise<readonly Uint8Array[]> | undefined;

/** @param scale - how many pixels of the output one of the picture is */
export async function png(picture: Picture, scale = 1): Promise<Uint8Array> {
  const fontBuffers = await (started ??= start());
  const font = { fontBuffers: [...fontBuffers], defaultFontFamily: FONT_FAMILY, monospaceFamily: FONT_FAMILY };
  return new Resvg(svg(picture, scale), { font }).render().asPng();
}

async function start(): Promise<readonly Uint8Array[]> {
  const read = (path: string): Uint8Array => readFileSync(createRequire(import.meta.url).resolve(path));
  await initWasm(read("@resvg/resvg-wasm/index_bg.wasm"));
  return FONT_FILES.map(read);
}
