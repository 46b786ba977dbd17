/**
 * The keys of a 104-key keyboard, and what a US layout means by them.
 *
 * ```
 *              set 1 (what a PC's driver reads)     set 2 (what the keyboard sends)
 *   down       code                                 code
 *   up         code | 0x80                          0xf0, code
 *   grey keys  0xe0 before each of these            0xe0 before each of these
 * ```
 * Keys are named as browsers name them (`KeyboardEvent.code`), after their place on a US keyboard. Print Screen and Pause,
 * whose codes follow rules of their own, are not here.
 *
 * @see IBM PS/2 Hardware Interface Technical Reference, "Keyboards (101- and 102-Key)"; W3C "UI Events KeyboardEvent code Values"
 * @module
 */
import { DeviceError } from "./errors.ts";

/** Name, code in set 1, code in set 2; 0xe000 marks the prefix. */
// prettier-ignore
const KEYS = [
  ["Escape", 0x01, 0x76], ["Digit1", 0x02, 0x16], ["Digit2", 0x03, 0x1e], ["Digit3", 0x04, 0x26],
  ["Digit4", 0x05, 0x25], ["Digit5", 0x06, 0x2e], ["Digit6", 0x07, 0x36], ["Digit7", 0x08, 0x3d],
  ["Digit8", 0x09, 0x3e], ["Digit9", 0x0a, 0x46], ["Digit0", 0x0b, 0x45], ["Minus", 0x0c, 0x4e],
  ["Equal", 0x0d, 0x55], ["Backspace", 0x0e, 0x66], ["Tab", 0x0f, 0x0d], ["KeyQ", 0x10, 0x15],
  ["KeyW", 0x11, 0x1d], ["KeyE", 0x12, 0x24], ["KeyR", 0x13, 0x2d], ["KeyT", 0x14, 0x2c],
  ["KeyY", 0x15, 0x35], ["KeyU", 0x16, 0x3c], ["KeyI", 0x17, 0x43], ["KeyO", 0x18, 0x44],
  ["KeyP", 0x19, 0x4d], ["BracketLeft", 0x1a, 0x54], ["BracketRight", 0x1b, 0x5b], ["Enter", 0x1c, 0x5a],
  ["ControlLeft", 0x1d, 0x14], ["KeyA", 0x1e, 0x1c], ["KeyS", 0x1f, 0x1b], ["KeyD", 0x20, 0x23],
  ["KeyF", 0x21, 0x2b], ["KeyG", 0x22, 0x34], ["KeyH", 0x23, 0x33], ["KeyJ", 0x24, 0x3b],
  ["KeyK", 0x25, 0x42], ["KeyL", 0x26, 0x4b], ["Semicolon", 0x27, 0x4c], ["Quote", 0x28, 0x52],
  ["Backquote", 0x29, 0x0e], ["ShiftLeft", 0x2a, 0x12], ["Backslash", 0x2b, 0x5d], ["KeyZ", 0x2c, 0x1a],
  ["KeyX", 0x2d, 0x22], ["KeyC", 0x2e, 0x21], ["KeyV", 0x2f, 0x2a], ["KeyB", 0x30, 0x32],
  ["KeyN", 0x31, 0x31], ["KeyM", 0x32, 0x3a], ["Comma", 0x33, 0x41], ["Period", 0x34, 0x49],
  ["Slash", 0x35, 0x4a], ["ShiftRight", 0x36, 0x59], ["NumpadMultiply", 0x37, 0x7c], ["AltLeft", 0x38, 0x11],
  ["Space", 0x39, 0x29], ["CapsLock", 0x3a, 0x58], ["F1", 0x3b, 0x05], ["F2", 0x3c, 0x06],
  ["F3", 0x3d, 0x04], ["F4", 0x3e, 0x0c], ["F5", 0x3f, 0x03], ["F6", 0x40, 0x0b],
  ["F7", 0x41, 0x83], ["F8", 0x42, 0x0a], ["F9", 0x43, 0x01], ["F10", 0x44, 0x09],
  ["NumLock", 0x45, 0x77], ["ScrollLock", 0x46, 0x7e], ["Numpad7", 0x47, 0x6c], ["Numpad8", 0x48, 0x75],
  ["Numpad9", 0x49, 0x7d], ["NumpadSubtract", 0x4a, 0x7b], ["Numpad4", 0x4b, 0x6b], ["Numpad5", 0x4c, 0x73],
  ["Numpad6", 0x4d, 0x74], ["NumpadAdd", 0x4e, 0x79], ["Numpad1", 0x4f, 0x69], ["Numpad2", 0x50, 0x72],
  ["Numpad3", 0x51, 0x7a], ["Numpad0", 0x52, 0x70], ["NumpadDecimal", 0x53, 0x71], ["IntlBackslash", 0x56, 0x61],
  ["F11", 0x57, 0x78], ["F12", 0x58, 0x07],
  ["NumpadEnter", 0xe01c, 0xe05a], ["ControlRight", 0xe01d, 0xe014], ["NumpadDivide", 0xe035, 0xe04a],
  ["AltRight", 0xe038, 0xe011], ["Home", 0xe047, 0xe06c], ["ArrowUp", 0xe048, 0xe075], ["PageUp", 0xe049, 0xe07d],
  ["ArrowLeft", 0xe04b, 0xe06b], ["ArrowRight", 0xe04d, 0xe074], ["End", 0xe04f, 0xe069], ["ArrowDown", 0xe050, 0xe072],
  ["PageDown", 0xe051, 0xe07a], ["Insert", 0xe052, 0xe070], ["Delete", 0xe053, 0xe071], ["MetaLeft", 0xe05b, 0xe01f],
  ["MetaRight", 0xe05c, 0xe027], ["ContextMenu", 0xe05d, 0xe02f],
] as const;

/** A key, by its place. */
export type KeyName = (typeof KEYS)[number][0];

/** A key goes down or up. */
export interface KeyEvent {
  readonly key: KeyName;
  readonly down: boolean;
}

const CODES: ReadonlyMap<KeyName, readonly [set1: number, set2: number]> = new Map(
  KEYS.map(([name, set1, set2]) => [name, [set1, set2]]),
);

/** All keys. */
export const KEY_NAMES: readonly KeyName[] = KEYS.map(([name]) => name);

/** The keys of a row of the US layout, with what they give alone and with Shift. */
const LAYOUT: readonly (readonly [keys: readonly KeyName[], plain: string, shifted: string])[] = [
  [["Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8"], "12345678", "!@#$%^&*"],
  [["Digit9", "Digit0", "Minus", "Equal", "BracketLeft", "BracketRight"], "90-=[]", "()_+{}"],
  [["Semicolon", "Quote", "Backquote", "Backslash"], ";'`\\", ':"~|'],
  [["Comma", "Period", "Slash"], ",./", "<>?"],
  [["Space", "Enter", "Enter", "Tab", "Backspace", "Backspace", "Escape"], " \n\r\t\b\x7f\x1b", ""],
  [
    Array.from("QWERTYUIOPASDFGHJKLZXCVBNM", (letter) => `Key${letter}` as KeyName),
    "qwertyuiopasdfghjklzxcvbnm",
    "QWERTYUIOPASDFGHJKLZXCVBNM",
  ],
];

/** What a terminal sends for keys without a character. */
const TERMINAL_KEYS: readonly (readonly [string, KeyName])[] = [
  ["\x1b[A", "ArrowUp"],
  ["\x1b[B", "ArrowDown"],
  ["\x1b[C", "ArrowRight"],
  ["\x1b[D", "ArrowLeft"],
  ["\x1b[H", "Home"],
  ["\x1b[F", "End"],
  ["\x1b[2~", "Insert"],
  ["\x1b[3~", "Delete"],
  ["\x1b[5~", "PageUp"],
  ["\x1b[6~", "PageDown"],
];

/** Key, and the modifier to hold, of each character. */
const CHARACTERS: ReadonlyMap<string, readonly [KeyName, KeyName?]> = new Map(characters());

/** @throws {@link DeviceError} `device/options` when it is none */
export function checkKey(key: KeyName): void {
  if (!CODES.has(key)) throw new DeviceError("device/options", "the name of a key, such as KeyA", key);
}

/**
 * The bytes that a key sends in a scan code set.
 *
 * @throws {@link DeviceError} `device/options` when there is no such key
 * @example keyBytes({ key: "ArrowUp", down: false }, 1) // => [0xe0, 0xc8]
 * @example keyBytes({ key: "KeyA", down: false }, 2) // => [0xf0, 0x1c]
 */
export function keyBytes(event: KeyEvent, set: 1 | 2): number[] {
  checkKey(event.key);
  const code = CODES.get(event.key)![set - 1]!;
  const prefix = code > 0xff ? [code >> 8] : [];
  if (event.down) return [...prefix, code & 0xff];
  return set === 1 ? [...prefix, (code & 0xff) | 0x80] : [...prefix, 0xf0, code & 0xff];
}

/**
 * The key presses that type `text` on a US keyboard: each key down and up, Shift or Control around it.
 *
 * Takes also what a terminal in raw mode sends: arrows and the like as escape sequences, Control and a letter as 1 … 26
 * (but for backspace, tab, line feed and return, which are keys of their own).
 *
 * @throws {@link DeviceError} `device/text` when no key gives a character
 * @example keysForText("a") // => [{ key: "KeyA", down: true }, { key: "KeyA", down: false }]
 */
export function keysForText(text: string): KeyEvent[] {
  const events: KeyEvent[] = [];
  for (let at = 0; at < text.length;) {
    const special = TERMINAL_KEYS.find(([sequence]) => text.startsWith(sequence, at));
    const character = String.fromCodePoint(text.codePointAt(at)!);
    const [key, modifier] = special === undefined ? (CHARACTERS.get(character) ?? []) : [special[1]];
    if (key === undefined)
      throw new DeviceError("device/text", "characters of a US keyboard", JSON.stringify(character));
    if (modifier !== undefined) events.push({ key: modifier, down: true });
    events.push({ key, down: true }, { key, down: false });
    if (modifier !== undefined) events.push({ key: modifier, down: false });
    at += special === undefined ? character.length : special[0].length;
  }
  return events;
}

/**
 * The bytes, in set 1, that typing `text` sends.
 *
 * @throws {@link DeviceError} `device/text` when no key gives a character
 * @example scancodesFor("A") // => [0x2a, 0x1e, 0x9e, 0xaa]
 */
export function scancodesFor(text: string): number[] {
  return ([] as number[]).concat(...keysForText(text).map((event) => keyBytes(event, 1)));
}

/** What the controller makes of each byte from a keyboard in set 2, so that drivers read set 1. */
export function translationTable(): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, code) => code);
  for (const [, set1, set2] of KEYS) table[set2 & 0xff] = set1 & 0xff;
  // Codes of no key: an overrun keyboard, "set 2" as an answer, and SysRq.
  table[0x00] = 0xff;
  table[0x02] = 0x41;
  table[0x84] = 0x54;
  return table;
}

function characters(): [string, readonly [KeyName, KeyName?]][] {
  const entries: [string, readonly [KeyName, KeyName?]][] = [];
  for (let letter = 1; letter <= 26; letter++) {
    const key = `Key${String.fromCharCode(0x40 + letter)}` as KeyName;
    entries.push([String.fromCharCode(letter), [key, "ControlLeft"]]);
  }
  for (const [keys, plain, shifted] of LAYOUT) {
    for (let i = 0; i < plain.length; i++) entries.push([plain[i]!, [keys[i]!]]);
    for (let i = 0; i < shifted.length; i++) entries.push([shifted[i]!, [keys[i]!, "ShiftLeft"]]);
  }
  return entries;
}
