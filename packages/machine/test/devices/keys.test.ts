import { describe, expect, it } from "vitest";
import { DeviceError, KEY_NAMES, keyBytes, type KeyName, keysForText, scancodesFor } from "../../src/index.ts";

/** Set 1 to characters, as a driver with a US layout decodes them. */
const PLAIN = "\0\x1b1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
const SHIFTED = '\0\x1b!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:"~\0|ZXCVBNM<>?\0*\0 ';

function decode(bytes: readonly number[]): string {
  let text = "";
  let shift = false;
  for (const byte of bytes) {
    if ((byte & 0x7f) === 0x2a) shift = byte < 0x80;
    else if (byte < 0x80) text += (shift ? SHIFTED : PLAIN)[byte]!;
  }
  return text;
}

describe("scancodesFor", () => {
  it("types every printable character and the editing keys, as a driver decodes them", () => {
    let all = "\n\b\t\x1b";
    for (let code = 0x20; code < 0x7f; code++) all += String.fromCharCode(code);
    expect(decode(scancodesFor(all))).toBe(all);
  });

  it("releases every key that it presses", () => {
    for (const character of "aA!\n\x03") {
      const bytes = scancodesFor(character);
      const down = bytes.filter((byte) => byte < 0x80);
      const up = bytes.filter((byte) => byte >= 0x80).map((byte) => byte & 0x7f);
      expect(new Set(up)).toEqual(new Set(down));
      expect(up.length).toBe(down.length);
    }
  });

  it("knows return, delete and control as terminals send them", () => {
    expect(scancodesFor("\r")).toEqual([0x1c, 0x9c]);
    expect(scancodesFor("\x7f")).toEqual([0x0e, 0x8e]);
    expect(scancodesFor("\x03")).toEqual([0x1d, 0x2e, 0xae, 0x9d]);
    expect(scancodesFor("")).toEqual([]);
  });

  it("refuses characters that no key gives", () => {
    expect(() => scancodesFor("é")).toThrow('expected characters of a US keyboard, got "é"');
    expect(() => scancodesFor("😀")).toThrow(DeviceError);
  });
});

describe("keysForText", () => {
  it("takes arrows and their like as terminals send them, and a lone escape as itself", () => {
    const keys = (text: string): KeyName[] => keysForText(text).flatMap(({ key, down }) => (down ? [key] : []));
    expect(keys("\x1b[A\x1b[B\x1b[C\x1b[D")).toEqual(["ArrowUp", "ArrowDown", "ArrowRight", "ArrowLeft"]);
    expect(keys("\x1b[H\x1b[F\x1b[2~\x1b[3~\x1b[5~\x1b[6~")).toEqual([
      "Home",
      "End",
      "Insert",
      "Delete",
      "PageUp",
      "PageDown",
    ]);
    expect(keys("\x1b[")).toEqual(["Escape", "BracketLeft"]);
  });

  it("holds Shift around what needs it", () => {
    expect(keysForText("?").map(({ key, down }) => `${key} ${down}`)).toEqual([
      "ShiftLeft true",
      "Slash true",
      "Slash false",
      "ShiftLeft false",
    ]);
  });
});

describe("keyBytes", () => {
  it("gives every key its own codes in both sets, with the same prefix", () => {
    for (const set of [1, 2] as const) {
      const all = KEY_NAMES.map((key) => keyBytes({ key, down: true }, set).join());
      expect(new Set(all).size).toBe(KEY_NAMES.length);
    }
    for (const key of KEY_NAMES) {
      const [one, two] = ([1, 2] as const).map((set) => keyBytes({ key, down: true }, set)) as [number[], number[]];
      expect(one.length).toBe(two.length);
      if (one.length === 2) expect([one[0], two[0]]).toEqual([0xe0, 0xe0]);
    }
  });

  it("refuses what is no key", () => {
    expect(() => keyBytes({ key: "toString" as KeyName, down: true }, 1)).toThrow(DeviceError);
  });
});
